import { parseArgs } from 'node:util';

export interface Flags {
  readonly command: 'list' | 'run' | 'all' | 'soak';
  /** Names of faults or families, for `run`. */
  readonly names: readonly string[];
  readonly replicas: number;
  readonly orders: number | undefined;
  readonly concurrency: number | undefined;
  readonly seed: number;
  readonly minutes: number;
  /** Where the outcome is written for programs. */
  readonly json: string | undefined;
}

const COMMANDS = ['list', 'run', 'all', 'soak'];

export const USAGE = `npm run chaos -- list | run FAULT… | all | soak [--minutes 10]
  FAULT           name of a fault or of a family, as \`list\` shows them
  --replicas N    of every service (1)
  --orders N      at least so many orders for each fault (its own number, mostly 150)
  --concurrency N so many customers at a time (16)
  --seed N        what is left to chance comes from it (by the clock)
  --json FILE     the outcome for programs`;

/** @throws Error in words for the person at the terminal */
export function parseFlags(args: string[], now = Date.now()): Flags {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      replicas: { type: 'string', default: '1' },
      orders: { type: 'string' },
      concurrency: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      json: { type: 'string' },
    },
  });
  const [command = 'list', ...names] = positionals;
  if (!COMMANDS.includes(command)) throw new Error(`what is "${command}"?\n${USAGE}`);
  if (command === 'run' && names.length === 0) throw new Error(`run what?\n${USAGE}`);
  if (command !== 'run' && names.length > 0) throw new Error(`what is "${names[0]}"?\n${USAGE}`);
  const number = (name: string, text: string, from: number, to: number): number => {
    const value = Number(text);
    if (!(text.trim() !== '' && value >= from && value <= to))
      throw new Error(`--${name}: a number from ${from} to ${to} is wanted, not "${text}"`);
    return value;
  };
  const optional = (name: 'orders' | 'concurrency', to: number): number | undefined =>
    values[name] === undefined ? undefined : number(name, values[name], 1, to);
  return {
    command: command as Flags['command'],
    names,
    replicas: number('replicas', values.replicas, 1, 5),
    orders: optional('orders', 1_000_000),
    concurrency: optional('concurrency', 1_000),
    seed: values.seed === undefined ? now % 2 ** 31 : number('seed', values.seed, 0, 2 ** 31),
    minutes: number('minutes', values.minutes, 0.1, 1_440),
    json: values.json,
  };
}
