import { type Command, readWords, WrongWords } from '../tools/command-line.ts';

export interface Flags {
  readonly command: 'list' | 'run' | 'all' | 'soak' | 'figures';
  /** Names of faults or families for `run`, of files for `figures`. */
  readonly names: readonly string[];
  readonly replicas: number;
  readonly orders: number | undefined;
  readonly concurrency: number | undefined;
  readonly seed: number;
  readonly minutes: number;
  /** Where the outcome is written for programs. */
  readonly json: string | undefined;
  /** Where the different journals of the sagas are written, for the gate of the next release. */
  readonly journals: string | undefined;
}

const COMMANDS = ['list', 'run', 'all', 'soak', 'figures'];
const NAMING = ['run', 'figures'];

export const chaosCommand = {
  call: 'npm run chaos',
  about:
    'Makes faults under load on a system of its own, and checks that nothing was lost. A FAULT or a family is named as `list` shows it; `figures` makes a table of earlier runs.',
  flags: {
    replicas: { type: 'string', value: 'N', help: 'of every service (1)' },
    orders: {
      type: 'string',
      value: 'N',
      help: 'at least so many orders for each fault (its own number, mostly 150)',
    },
    concurrency: { type: 'string', value: 'N', help: 'so many customers at a time (16)' },
    seed: { type: 'string', value: 'N', help: 'what is left to chance comes from it (by the clock)' },
    minutes: { type: 'string', value: 'N', help: 'how long to soak (10)' },
    json: { type: 'string', value: 'FILE', help: 'the outcome for programs' },
    journals: {
      type: 'string',
      value: 'FILE',
      help: 'adds the journals of the sagas to those recorded there',
    },
  },
  words: { form: 'list | run FAULT… | all | soak | figures JSON-FILE…', min: 0, max: Infinity },
} as const satisfies Command;

/** @throws WrongWords */
export function parseFlags(args: string[], now = Date.now()): Flags {
  const { flags: values, words } = readWords(chaosCommand, args);
  const [command = 'list', ...names] = words;
  if (!COMMANDS.includes(command)) throw new WrongWords(`what is "${command}"?`);
  if (NAMING.includes(command) && names.length === 0) throw new WrongWords(`${command} what?`);
  if (!NAMING.includes(command) && names.length > 0) throw new WrongWords(`what is "${names[0]}"?`);
  const number = (name: string, text: string, from: number, to: number): number => {
    const value = Number(text);
    if (!(text.trim() !== '' && value >= from && value <= to))
      throw new WrongWords(`--${name}: a number from ${from} to ${to} is wanted, not "${text}"`);
    return value;
  };
  const optional = (name: 'orders' | 'concurrency', to: number): number | undefined =>
    values[name] === undefined ? undefined : number(name, values[name], 1, to);
  return {
    command: command as Flags['command'],
    names,
    replicas: number('replicas', values.replicas ?? '1', 1, 5),
    orders: optional('orders', 1_000_000),
    concurrency: optional('concurrency', 1_000),
    seed: values.seed === undefined ? now % 2 ** 31 : number('seed', values.seed, 0, 2 ** 31),
    minutes: number('minutes', values.minutes ?? '10', 0.1, 1_440),
    json: values.json,
    journals: values.journals,
  };
}
