import {
  asksForHelp,
  type Command,
  leave,
  readWords,
  refuse,
  type Said,
  usageOf,
  WrongWords,
} from '../command-line.ts';

/** Something went wrong that the person at the terminal can do something about; the message says what. */
export class Trouble extends Error {}

type Form<F extends Command['flags']> = Omit<Command<F>, 'call'>;

/** A command's subcommand: what it understands, and what it does. Answers the exit code. */
export interface Verb {
  form: Form<Command['flags']>;
  /** @throws WrongWords before anything is done, when what was said makes no sense */
  run(args: readonly string[], call: string): Promise<number>;
}

export function verb<F extends Command['flags']>(
  form: Form<F>,
  run: (said: Said<F>) => Promise<number>,
): Verb {
  return { form, run: (args, call) => run(readWords({ call, ...form }, args, process.env)) };
}

/** Runs `npm run NAME -- VERB …`; says the usage where that was asked for or is needed. Answers the exit code. */
export async function runProgram(
  call: string,
  about: string,
  verbs: Readonly<Record<string, Verb>>,
  args = process.argv.slice(2),
): Promise<number> {
  const [name = '', ...rest] = args;
  const chosen = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!chosen) {
    const usage = overview(call, about, verbs);
    if (asksForHelp(args)) leave(usage);
    return refuse(name === '' ? `${call}: what is to be done?` : `${call}: there is no "${name}".`, usage);
  }
  const own = `${call} -- ${name}`;
  const usage = usageOf({ call: own, ...chosen.form });
  if (asksForHelp(rest)) leave(usage);
  try {
    return await chosen.run(rest, own);
  } catch (error) {
    if (error instanceof WrongWords) return refuse(error.message, usage);
    if (!(error instanceof Trouble)) throw error;
    console.error(error.message);
    return 1;
  }
}

function overview(call: string, about: string, verbs: Readonly<Record<string, Verb>>): string[] {
  const rows = Object.entries(verbs).map(
    ([name, { form }]) => [[name, form.words?.form].filter(Boolean).join(' '), form.about] as const,
  );
  const width = Math.max(...rows.map(([form]) => form.length));
  return [
    `Usage: ${call} -- VERB [flags]`,
    `  ${about}`,
    '',
    ...rows.map(([form, what]) => `  ${form.padEnd(width)}  ${what}`),
    '',
    `Flags of one of them: ${call} -- ${Object.keys(verbs)[0]} --help`,
  ];
}
