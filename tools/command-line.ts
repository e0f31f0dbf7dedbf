import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** One flag of a command. */
export interface Flag {
  type: 'boolean' | 'string';
  /** May be said several times. */
  multiple?: true;
  /** What stands for its value in the usage: `NAME`. */
  value?: string;
  help: string;
}

type Flags = Readonly<Record<string, Flag>>;

/** What a command understands. */
export interface Command<F extends Flags = Flags> {
  /** How people call it, without flags: `npm run status`. */
  call: string;
  about: string;
  flags: F;
  /** Words besides the flags, as the usage shows them (`ID…`), and how many of them there have to be. */
  words?: { form: string; min: number; max: number };
}

type ValueOf<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F extends { multiple: true }
    ? string[]
    : string | undefined;

export interface Said<F extends Flags> {
  flags: { [Name in keyof F]: ValueOf<F[Name]> };
  words: string[];
}

/** What was typed makes no sense; the message says why, in words for the person at the terminal. */
export class WrongWords extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `npm run status --json` without the `--` before the flag reaches us only as npm's own setting in the environment:
 * what we know is taken from there. Of `--by ann` npm keeps the flag and hands us `ann` alone; that cannot be mended.
 */
function swallowedByNpm(flags: Flags, env: Environment): string[] {
  return Object.entries(flags).flatMap(([name, { type }]) => {
    const off = name.startsWith('no-');
    const value = env[`npm_config_${(off ? name.slice(3) : name).replaceAll('-', '_')}`];
    if (off) return value !== undefined && value !== 'true' ? [`--${name}`] : [];
    if (type === 'boolean') return value === 'true' ? [`--${name}`] : [];
    return value === undefined || value === '' || value === 'true' ? [] : [`--${name}`, value];
  });
}

/** Reads what was typed. @throws WrongWords for unknown flags, missing values and too many or too few words */
export function readWords<F extends Flags>(
  { call, flags, words = { form: '', min: 0, max: 0 } }: Command<F>,
  args: readonly string[],
  env: Environment = {},
): Said<F> {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(flags).map(([name, { type, multiple }]) => [
      name,
      { type, ...(multiple && { multiple }) },
    ]),
  );
  let said;
  try {
    said = parseArgs({ args: [...swallowedByNpm(flags, env), ...args], allowPositionals: true, options });
  } catch (error) {
    throw new WrongWords(`${call}: ${inWords(error as Error)}`);
  }
  const { values, positionals } = said;
  if (positionals.length > words.max) throw new WrongWords(`${call}: what is "${positionals[words.max]!}"?`);
  if (positionals.length < words.min) throw new WrongWords(`${call}: ${words.form} is missing.`);
  const read = Object.entries(flags).map(([name, { type, multiple }]) => [
    name,
    values[name] ?? (type === 'boolean' ? false : multiple ? [] : undefined),
  ]);
  return { flags: Object.fromEntries(read) as Said<F>['flags'], words: positionals };
}

/** Node's advice after the first sentence speaks of positional arguments. */
function inWords({ message }: Error): string {
  const unknown = /^Unknown option '(.+?)'/.exec(message);
  if (unknown) return `there is no flag ${unknown[1]!}.`;
  const valueless = /^Option '(--[^ ']+).*' argument (missing|is ambiguous)/.exec(message);
  if (valueless) return `${valueless[1]!} wants a value.`;
  const valued = /^Option '(.+?)' does not take an argument/.exec(message);
  return valued ? `${valued[1]!} takes no value.` : message;
}

/** How the command is used, for `--help` and after what made no sense. */
export function usageOf({ call, about, flags, words }: Command): string[] {
  const rows = [...Object.entries(flags), ['help', { help: 'this text' }] as [string, Partial<Flag>]].map(
    ([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help ?? ''] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  const form = [call, ...(call.includes(' -- ') ? [] : ['--']), words?.form ?? '', '[flags]']
    .filter((word) => word !== '')
    .join(' ');
  return [
    `Usage: ${form}`,
    `  ${about}`,
    '',
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
  ];
}

/** Reads the command line of this process; for `--help`, and for what makes no sense, says the usage and ends it. */
export function commandLine<F extends Flags>(command: Command<F>, args = process.argv.slice(2)): Said<F> {
  if (asksForHelp(args)) leave(usageOf(command));
  try {
    return readWords(command, args, process.env);
  } catch (error) {
    if (!(error instanceof WrongWords)) throw error;
    return refuse(error.message, usageOf(command));
  }
}

export const asksForHelp = (args: readonly string[]): boolean =>
  args.some((word) => word === '--help' || word === '-h');

/** Says the usage, as it was asked for, and ends the process well. */
export function leave(usage: readonly string[]): never {
  console.log(usage.join('\n'));
  process.exit(0);
}

/** Says what makes no sense and how it is meant, and ends the process with 2, the exit code of wrong usage. */
export function refuse(message: string, usage: readonly string[]): never {
  console.error([message, '', ...usage].join('\n'));
  process.exit(2);
}
