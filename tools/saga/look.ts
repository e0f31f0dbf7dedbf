import { ListSagas, ReplaySagas, type SagaData, ShowSagas } from '../../libs/contracts/src/index.ts';
import { Broker } from '../operations/broker.ts';
import { brokerUrl, everywhere, forPrograms } from '../operations/installation.ts';
import { limitOf } from '../operations/limit.ts';
import { Trouble, verb } from '../operations/program.ts';
import { sinceOf } from '../operations/since.ts';
import { short, when } from '../operations/trail.ts';
import { WrongWords } from '../command-line.ts';
import { table } from '../table.ts';
import { page } from './page.ts';
import { replayPage, standing, standingPage } from './replay.ts';
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
      definition: {
        type: 'string',
        value: 'NAME',
        help: 'only open ones that run under it: checkout.v1, a fingerprint, or unknown (to the running release)',
      },
      limit: { type: 'string', value: 'N', help: 'so many (100)' },
      ...forPrograms,
      ...everywhere,
    },
  },
  async ({ flags }) => {
    const limit = limitOf(flags.limit, 100);
    const since = flags.since === undefined ? undefined : sinceOf(flags.since, '--since').toISOString();
    const { stuck, failed, definition } = flags;
    if (failed && definition !== undefined)
      throw new WrongWords('--definition is about open sagas; leave --failed out.');
    const found = await Broker.use(brokerUrl(flags.url), (broker) =>
      broker.ask('orders', ListSagas, { stuck, failed, since, definition, limit }),
    );
    const { sagas, more } = found;
    if (flags.json) console.log(JSON.stringify(found));
    else if (sagas.length === 0) console.log(none({ stuck, failed, since, definition }));
    else
      console.log(
        [...(failed ? failures(sagas) : open(sagas, definition !== undefined)), ...hints(more, limit)].join(
          '\n',
        ),
      );
    return 0;
  },
);

interface Wanted {
  readonly stuck: boolean;
  readonly failed: boolean;
  readonly since?: string;
  readonly definition?: string;
}

function none({ stuck, failed, since, definition }: Wanted): string {
  if (definition === 'unknown') return 'The running release knows the definition of every open saga.';
  if (definition) return `No open saga runs under ${definition}.`;
  const then = since ? ` since ${when(since)} UTC` : '';
  if (stuck) return 'No saga is stuck.';
  if (failed) return `Nothing failed${then}.`;
  return since
    ? `No saga that was begun${then} is open.`
    : 'No saga is open: every order is where it belongs.';
}

const open = (sagas: readonly SagaData[], definitions: boolean): string[] =>
  table(
    [
      'order',
      'number',
      definitions ? 'definition' : 'type',
      'state',
      'step',
      'since (UTC)',
      'next due',
      'last failure',
    ],
    sagas.map((saga) => [
      saga.orderId,
      saga.number,
      definitions ? (saga.definition ?? saga.type) : saga.type,
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

function stateOf({ state, stuck, endedAt, attention, known }: SagaData): string {
  if (attention) return 'needs attention';
  if (known === false && !endedAt) return `${state}, waits for a release that knows it`;
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
    flags: {
      at: {
        type: 'string',
        value: 'TIME',
        help: 'its sagas as they stood then: 90s, 15m, 2h, 3d ago, 22:00 (UTC) or 2026-11-21T22:00:00Z',
      },
      ...forPrograms,
      ...everywhere,
    },
    words: { form: 'ORDER', min: 1, max: 1 },
  },
  async ({ flags, words: [word = ''] }) => {
    const order = orderFrom(word);
    const at = flags.at === undefined ? undefined : sinceOf(flags.at, '--at').toISOString();
    return Broker.use(brokerUrl(flags.url), async (broker) => {
      const { history } = await broker.ask('orders', ShowSagas, { order });
      if (!history) throw new Trouble(`There is no order ${order}.`);
      if (at === undefined) {
        console.log(flags.json ? JSON.stringify(history) : page(history).join('\n'));
        return 0;
      }
      const { replay } = await broker.ask('orders', ReplaySagas, { order });
      const then = standing(history, replay!, at);
      console.log(flags.json ? JSON.stringify(then) : standingPage(then).join('\n'));
      return 0;
    });
  },
);

export const replay = verb(
  {
    about:
      'Plays the journal of an order’s sagas through the running release: does it come to the same state?',
    flags: { ...forPrograms, ...everywhere },
    words: { form: 'ORDER', min: 1, max: 1 },
  },
  async ({ flags, words: [word = ''] }) => {
    const order = orderFrom(word);
    const { replay } = await Broker.use(brokerUrl(flags.url), (broker) =>
      broker.ask('orders', ReplaySagas, { order }),
    );
    if (!replay) throw new Trouble(`There is no order ${order}.`);
    console.log(flags.json ? JSON.stringify(replay) : replayPage(replay).join('\n'));
    return replay.sagas.every(({ differs }) => differs === null) ? 0 : 1;
  },
);
