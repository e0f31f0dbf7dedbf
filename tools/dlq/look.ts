import { everywhere, forPrograms } from '../operations/installation.ts';
import { Trouble, verb } from '../operations/program.ts';
import { short, when } from '../operations/trail.ts';
import { table } from '../table.ts';
import type { DeadLetter } from './dead-letter.ts';
import { servicesFor } from './dead-queue.ts';
import type { Held } from './place.ts';
import { placeOf } from './place-of.ts';
import { advice } from './advice.ts';
import { limitOf } from '../operations/limit.ts';

export const queueFlag = {
  queue: { type: 'string', value: 'SERVICE', help: 'only this service’s dead letters' },
} as const;

export const list = verb(
  {
    about: 'What lies with the dead letters, and why.',
    flags: {
      ...queueFlag,
      limit: { type: 'string', value: 'N', help: 'so many of each queue (100)' },
      ...forPrograms,
      ...everywhere,
    },
  },
  async ({ flags }) => {
    const limit = limitOf(flags.limit, 100);
    const services = servicesFor(flags.queue);
    const found = await placeOf(flags.url).use(services, async (boxes) => {
      const all: Found[] = [];
      for (const box of boxes) {
        const letters: DeadLetter[] = [];
        for await (const { letter } of box.letters(limit)) letters.push(letter);
        all.push({ queue: box.name, count: box.count ?? null, letters });
      }
      return all;
    });
    if (flags.json) console.log(JSON.stringify(found));
    else console.log(told(found).join('\n'));
    return 0;
  },
);

interface Found {
  queue: string;
  /** null when there is no such queue. */
  count: number | null;
  letters: DeadLetter[];
}

function told(found: Found[]): string[] {
  const missing = found.filter(({ count }) => count === null);
  return [
    ...missing.map(
      ({ queue }) =>
        `${queue} is not there: the next process that connects declares it (has this broker ever seen Caravan?)`,
    ),
    ...lying(found.filter(({ count }) => count !== null)),
  ];
}

function lying(found: Found[]): string[] {
  const full = found.filter(({ letters }) => letters.length > 0);
  if (full.length === 0 && found.length === 0) return [];
  if (full.length === 0) return [`No dead letters in ${found.map(({ queue }) => queue).join(', ')}.`];
  return [
    ...full.flatMap(({ queue, count, letters }) => [
      `${queue}: ${count}${Number(count) > letters.length ? `, the first ${letters.length} of them` : ''}`,
      ...table(
        ['id', 'type', 'order', 'attempts', 'died (UTC)', 'reason'],
        letters.map((letter) => [
          letter.id + (letter.furtherIds.length > 0 ? ` +${letter.furtherIds.length}` : ''),
          short(letter.type, 40),
          letter.order ?? '–',
          String(letter.attempts ?? '–'),
          when(letter.diedAt),
          short(letter.reason.replaceAll(/\s+/g, ' '), 90),
        ]),
      ),
      '',
    ]),
    'One of them whole, and how to go on: npm run dlq -- show ID',
  ];
}

export const show = verb(
  {
    about: 'One dead letter whole: headers, content, reason, and how to go on.',
    flags: { ...queueFlag, ...forPrograms, ...everywhere },
    words: { form: 'ID', min: 1, max: 1 },
  },
  async ({ flags, words: [id = ''] }) => {
    const services = servicesFor(flags.queue);
    const found = await placeOf(flags.url).use(services, async (boxes) => {
      for (const box of boxes)
        for await (const held of box.letters()) if (isNamed(held, [id])) return { held, where: box.name };
      return undefined;
    });
    if (!found) throw notThere([id]);
    const { letter, message } = found.held;
    const { headers } = message.properties as { headers?: Record<string, unknown> };
    const content = message.content.toString();
    if (flags.json) console.log(JSON.stringify({ ...letter, headers, content, advice: advice(letter) }));
    else console.log(page(letter, found.where, headers ?? {}, content).join('\n'));
    return 0;
  },
);

function page(
  letter: DeadLetter,
  where: string,
  headers: Record<string, unknown>,
  content: string,
): string[] {
  const rows: [string, string][] = [
    ['type', letter.type],
    ['order', letter.order ?? '–'],
    ['reason', letter.reason],
    ['attempts', String(letter.attempts ?? '–')],
    ['died', `${when(letter.diedAt)} UTC`],
    ['trace', letter.traceId ?? '–'],
    ['also in it', letter.furtherIds.join(' ') || '–'],
    ['headers', JSON.stringify(headers)],
  ];
  return [
    `${letter.id} in ${where}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(10)}  ${value}`),
    '',
    `Content, ${letter.bytes} bytes`,
    readable(content).replaceAll(/^/gm, '  '),
    '',
    'How to go on',
    ...advice(letter).map((line) => `  ${line}`),
  ];
}

function readable(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

/** Whether one of these ids means it. */
export const isNamed = ({ letter }: Held, ids: readonly string[]): boolean =>
  [letter.id, ...letter.furtherIds].some((id) => ids.includes(id));

export const notThere = (ids: readonly string[]): Trouble =>
  new Trouble(
    `There is no dead letter ${ids.join(', ')}. Those there are: npm run dlq -- list (another npm run dlq that is just looking holds them for a moment).`,
  );
