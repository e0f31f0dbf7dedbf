import { ListSagas, type SagaData, ShowSagas } from '../../libs/contracts/src/index.ts';
import { Broker } from '../operations/broker.ts';
import { brokerUrl, everywhere, forPrograms } from '../operations/installation.ts';
import { limitOf } from '../operations/limit.ts';
import { Trouble, verb } from '../operations/program.ts';
import { short, when } from '../operations/trail.ts';
import { table } from '../table.ts';
import { page } from './page.ts';
import { orderFrom } from './order-reference.ts';

export const list = verb(
  {
    about: 'The sagas that are not at their end: stuck ones first, then oldest first.',
    flags: {
      stuck: { type: 'boolean', help: 'only those that somebody should look at' },
      limit: { type: 'string', value: 'N', help: 'so many (100)' },
      ...forPrograms,
      ...everywhere,
    },
  },
  async ({ flags }) => {
    const limit = limitOf(flags.limit, 100);
    const found = await Broker.use(brokerUrl(flags.url), (broker) =>
      broker.ask('orders', ListSagas, { stuck: flags.stuck, limit }),
    );
    if (flags.json) console.log(JSON.stringify(found));
    else if (found.sagas.length === 0)
      console.log(flags.stuck ? 'No saga is stuck.' : 'No saga is open: every order is where it belongs.');
    else console.log(told(found.sagas, found.more).join('\n'));
    return 0;
  },
);

function told(sagas: readonly SagaData[], more: boolean): string[] {
  return [
    ...table(
      ['order', 'number', 'type', 'state', 'step', 'since (UTC)', 'next due', 'last failure'],
      sagas.map((saga) => [
        saga.orderId,
        saga.number,
        saga.type,
        saga.stuck ? `${saga.state}, stuck` : saga.state,
        saga.attempt > 0 ? `${saga.step}, failed ${saga.attempt}×` : saga.step,
        when(saga.since),
        `${when(saga.dueAt).slice(11)} ${saga.waitsFor === 'answer' ? 'answer' : 'again'}`,
        short(saga.lastFailure ?? '–', 80),
      ]),
    ),
    ...(more ? [`  … and more: --limit`] : []),
    '',
    'One of them whole, and what can be done: npm run saga -- show ORDER',
  ];
}

export const show = verb(
  {
    about: 'How one order went, step by step, and what can be done about it.',
    flags: { ...forPrograms, ...everywhere },
    words: { form: 'ORDER', min: 1, max: 1 },
  },
  async ({ flags, words: [word = ''] }) => {
    const order = orderFrom(word);
    const { history } = await Broker.use(brokerUrl(flags.url), (broker) =>
      broker.ask('orders', ShowSagas, { order }),
    );
    if (!history) throw new Trouble(`There is no order ${order}.`);
    console.log(flags.json ? JSON.stringify(history) : page(history).join('\n'));
    return 0;
  },
);
