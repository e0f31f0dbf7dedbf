import { WrongWords } from '../command-line.ts';
import { actor, everywhere, forPrograms, signed } from '../operations/installation.ts';
import { verb } from '../operations/program.ts';
import { servicesFor } from './dead-queue.ts';
import { isNamed, notThere, queueFlag } from './look.ts';
import type { Held, LetterBox, Place } from './place.ts';
import { placeOf } from './place-of.ts';

/** Letters that are written down in one line of talk with the service, and their bytes together. */
const TOGETHER = { letters: 64, bytes: 1024 * 1024 };
interface Selection {
  /** None means all. */
  ids: string[];
  services: string[];
}

/** Takes what is selected in handfuls to `act`, which answers those it has dealt with. */
async function each(
  place: Place,
  { ids, services }: Selection,
  act: (box: LetterBox, handful: Held[]) => Promise<Held[]>,
): Promise<Held[]> {
  const dealt: Held[] = [];
  const found = new Set<string>();
  const isComplete = (): boolean => ids.length > 0 && ids.every((id) => found.has(id));
  await place.use(services, async (boxes) => {
    for (const box of boxes) {
      let handful: Held[] = [];
      if (isComplete()) break;
      for await (const held of box.letters()) {
        if (ids.length > 0 && !isNamed(held, ids)) continue;
        for (const id of [held.letter.id, ...held.letter.furtherIds]) found.add(id);
        handful.push(held);
        if (isComplete()) break;
        if (!isFull(handful)) continue;
        dealt.push(...(await act(box, handful)));
        handful = [];
      }
      if (handful.length > 0) dealt.push(...(await act(box, handful)));
    }
  });
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw notThere(missing);
  return dealt;
}

const isFull = (handful: Held[]): boolean =>
  handful.length >= TOGETHER.letters ||
  handful.reduce((sum, { letter }) => sum + letter.bytes, 0) >= TOGETHER.bytes;

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
      placeOf(flags.url),
      { ids: words, services: servicesFor(flags.queue) },
      async (box, handful) => said(await box.redrive(handful, signature)),
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
      placeOf(flags.url),
      { ids: words, services: servicesFor(flags.queue) },
      async (box, handful) => said(await box.drop(handful, signature)),
    );
    tell(flags.json, 'dropped', dealt);
    return 0;
  },
);
