import { ListSagas, type SagaData, ShowSagas } from '../../libs/contracts/src/index.ts';
import { Broker } from '../operations/broker.ts';
import { brokerUrl, everywhere, forPrograms } from '../operations/installation.ts';
import { limitOf } from '../operations/limit.ts';
import { Trouble, verb } from '../operations/program.ts';
import { sinceOf } from '../operations/since.ts';
import { short, when } from '../operations/trail.ts';
import { table } from '../table.ts';
import { page } from './page.ts';
import { orderFrom } from './order-reference.ts';

export const list = verb(
  {
    about:
      'The sagas that are not at their end (stuck ones first, then oldest first), or what failed, and why.',
    flags: {
      stuck: {
        type: 'boolean',
        help: 'only those that a person should look at, and orders that need attention',
      },
      failed: {
        type: 'boolean',
        help: 'what is stuck or needs attention, and what was rolled back or rejected, newest first',
      },
      since: {
        type: 'string',
        value: 'TIME',
        help: 'begun, or failed, since then: 90s, 15m, 2h, 3d ago, 22:00 (UTC) or 2026-11-21T22:00:00Z',
      },
      limit: { type: 'string', value: 'N', help: 'so many (100)' },
      ...forPrograms,
      ...everywhere,
    },
  },
  async ({ flags }) => {
    const limit = limitOf(flags.limit, 100);
    const since = flags.since === undefined ? undefined : sinceOf(flags.since).toISOString();
    const { stuck, failed } = flags;
    const found = await Broker.use(brokerUrl(flags.url), (broker) =>
      broker.ask('orders', ListSagas, { stuck, failed, since, limit }),
    );
    const { sagas, more } = found;
    if (flags.json) console.log(JSON.stringify(found));
    else if (sagas.length === 0) console.log(none({ stuck, failed, since }));
    else console.log([...(failed ? failures(sagas) : open(sagas)), ...hints(more, limit)].join('\n'));
    return 0;
  },
);

function none({ stuck, failed, since }: { stuck: boolean; failed: boolean; since?: string }): string {
  const then = since ? ` since ${when(since)} UTC` : '';
  if (stuck) return 'No saga is stuck.';
  if (failed) return `Nothing failed${then}.`;
  return since
    ? `No saga that was begun${then} is open.`
    : 'No saga is open: every order is where it belongs.';
}

const open = (sagas: readonly SagaData[]): string[] =>
  table(
    ['order', 'number', 'type', 'state', 'step', 'since (UTC)', 'next due', 'last failure'],
    sagas.map((saga) => [
      saga.orderId,
      saga.number,
      saga.type,
      stateOf(saga),
      saga.attempt > 0 ? `${saga.step}, failed ${saga.attempt}×` : saga.step,
      when(saga.since),
      saga.dueAt ? `${when(saga.dueAt).slice(11)} ${saga.waitsFor === 'answer' ? 'answer' : 'again'}` : '–',
      short(saga.lastFailure ?? '–', 80),
    ]),
  );

const failures = (sagas: readonly SagaData[]): string[] =>
  table(
    ['order', 'number', 'type', 'what', 'at (UTC)', 'why'],
    sagas.map((saga) => [
      saga.orderId,
      saga.number,
      saga.type,
      saga.endedAt || saga.attention
        ? stateOf(saga)
        : `${stateOf(saga)} at "${saga.step}", failed ${saga.attempt}×`,
      when(saga.attention ? saga.since : (saga.endedAt ?? saga.since)),
      short(saga.lastFailure ?? '–', 120),
    ]),
  );

function stateOf({ state, stuck, endedAt, attention }: SagaData): string {
  if (attention) return 'needs attention';
  return stuck && !endedAt ? `${state}, stuck` : state.replace('_', ' ');
}

const hints = (more: boolean, limit: number): string[] => [
  ...(more ? [`  … and more than these ${limit}: --limit N (up to 1000), or a later --since`] : []),
  '',
  'One of them whole, and what can be done: npm run saga -- show ORDER',
];

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
