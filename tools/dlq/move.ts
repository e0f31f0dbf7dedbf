import { ConcludeActions, type DataOf, RecordActions } from '../../libs/contracts/src/index.ts';
import { WrongWords } from '../command-line.ts';
import { Broker } from '../operations/broker.ts';
import { actor, brokerUrl, everywhere, forPrograms, signed } from '../operations/installation.ts';
import { Trouble, verb } from '../operations/program.ts';
import { DeadQueue, type Held, servicesFor } from './dead-queue.ts';
import { isNamed, notThere, queueFlag } from './look.ts';

/** Letters that are written down in one line of talk with the service, and their bytes together. */
const TOGETHER = { letters: 64, bytes: 1024 * 1024 };
/** Of a larger one, which no service would have read, only the beginning is kept. */
const KEPT_BYTES = 4 * 1024 * 1024;

type Deed = DataOf<typeof RecordActions>['actions'][number];
interface Signature {
  by: string;
  reason: string | null;
}
interface Selection {
  /** None means all. */
  ids: string[];
  services: string[];
}

/** Takes what is selected in handfuls to `act`, which answers those it has dealt with. */
async function each(
  url: string,
  { ids, services }: Selection,
  act: (broker: Broker, queue: DeadQueue, handful: Held[]) => Promise<Held[]>,
): Promise<Held[]> {
  const dealt: Held[] = [];
  const found = new Set<string>();
  const isComplete = (): boolean => ids.length > 0 && ids.every((id) => found.has(id));
  await Broker.use(url, (broker) =>
    DeadQueue.use(broker.connection, services, async (queues) => {
      for (const queue of queues) {
        let handful: Held[] = [];
        if (isComplete()) break;
        for await (const held of queue.letters()) {
          if (ids.length > 0 && !isNamed(held, ids)) continue;
          for (const id of [held.letter.id, ...held.letter.furtherIds]) found.add(id);
          handful.push(held);
          if (isComplete()) break;
          if (!isFull(handful)) continue;
          dealt.push(...(await act(broker, queue, handful)));
          handful = [];
        }
        if (handful.length > 0) dealt.push(...(await act(broker, queue, handful)));
      }
    }),
  );
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw notThere(missing);
  return dealt;
}

const isFull = (handful: Held[]): boolean =>
  handful.length >= TOGETHER.letters ||
  handful.reduce((sum, { letter }) => sum + letter.bytes, 0) >= TOGETHER.bytes;

function deedOf(action: Deed['action'], { letter, message }: Held, signature: Signature): Deed {
  const kept = message.content.subarray(0, KEPT_BYTES);
  const cut = letter.bytes > KEPT_BYTES ? ` (${letter.bytes} bytes, the first ${KEPT_BYTES} are kept)` : '';
  return {
    action,
    subject: letter.id,
    about: `${letter.type}${cut}: ${letter.reason}`.slice(0, 2_500),
    ...signature,
    content: action === 'drop' ? kept.toString('base64') : null,
  };
}

/** Written down, then confirmed by the service's queue, then gone from the dead letters: killed anywhere, nothing is lost. */
async function redriveAll(
  broker: Broker,
  queue: DeadQueue,
  handful: Held[],
  signature: Signature,
): Promise<Held[]> {
  const actions = handful.map((held) => deedOf('redrive', held, signature));
  const { ids } = await broker.ask(queue.service, RecordActions, { actions });
  const results = await Promise.allSettled(handful.map((held) => queue.redrive(held)));
  const isThere = (_: unknown, i: number): boolean => results[i]?.status === 'fulfilled';
  const moved = handful.filter(isThere);
  if (moved.length > 0) await broker.ask(queue.service, ConcludeActions, { ids: ids.filter(isThere) });
  for (const held of moved) queue.forget(held);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed)
    throw new Trouble(
      `${(failed.reason as Error).message}. ${handful.length - moved.length} dead letter(s) stay where they were.`,
    );
  return moved;
}

const say = (json: boolean, what: string) => (handful: Held[]) => {
  for (const { letter } of json ? [] : handful)
    console.log(`${what} ${letter.service}: ${letter.type} ${letter.id}`);
  return handful;
};

const tell = (json: boolean, word: string, dealt: Held[]): void =>
  console.log(
    json
      ? JSON.stringify({ [word]: dealt.map(({ letter }) => letter) })
      : `${dealt.length} dead letter(s) ${word}.`,
  );

const all = { all: { type: 'boolean', help: 'every one' } } as const;

export const redrive = verb(
  {
    about: 'Puts dead letters back into their service’s queue, under the same id.',
    flags: { ...all, ...queueFlag, ...signed, ...forPrograms, ...everywhere },
    words: { form: 'ID… | --all', min: 0, max: Infinity },
  },
  async ({ flags, words }) => {
    if (flags.all === words.length > 0) throw new WrongWords('Which ones? Ids, or --all.');
    const signature = { by: actor(flags.by), reason: flags.reason ?? null };
    const said = say(flags.json, '→');
    const dealt = await each(
      brokerUrl(flags.url),
      { ids: words, services: servicesFor(flags.queue) },
      async (...handful) => said(await redriveAll(...handful, signature)),
    );
    tell(flags.json, 'redriven', dealt);
    return 0;
  },
);

export const drop = verb(
  {
    about: 'Throws dead letters away; their content stays in the audit trail.',
    flags: { ...all, ...queueFlag, ...signed, ...forPrograms, ...everywhere },
    words: { form: 'ID… | --all --queue SERVICE', min: 0, max: Infinity },
  },
  async ({ flags, words }) => {
    if (flags.all === words.length > 0) throw new WrongWords('Which ones? Ids, or --all with --queue.');
    if (flags.all && !flags.queue) throw new WrongWords('drop --all wants a --queue: one service at a time.');
    const signature = { by: actor(flags.by), reason: flags.reason ?? null };
    const said = say(flags.json, '×');
    const dealt = await each(
      brokerUrl(flags.url),
      { ids: words, services: servicesFor(flags.queue) },
      async (broker, queue, handful) => {
        const actions = handful.map((held) => deedOf('drop', held, signature));
        await broker.ask(queue.service, RecordActions, { actions });
        for (const held of handful) queue.forget(held);
        return said(handful);
      },
    );
    tell(flags.json, 'dropped', dealt);
    return 0;
  },
);
