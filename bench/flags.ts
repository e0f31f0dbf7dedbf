import { parseArgs } from 'node:util';

export interface Flags {
  rounds: number;
  /** Of one part of one round. */
  seconds: number;
  concurrency: number[];
  /** Processes whose CPU is profiled. */
  profile: string[];
}

/** @throws Error in words for the person at the terminal */
export function parseFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '6' },
      concurrency: { type: 'string', default: '1,32,256' },
      profile: { type: 'string', default: '' },
    },
  });
  const number = (name: string, text: string): number => {
    const value = Number(text);
    if (!(value >= 1 && value <= 1_000))
      throw new Error(`--${name}: a number from 1 to 1000 is wanted, not "${text}"`);
    return value;
  };
  return {
    rounds: number('rounds', values.rounds),
    seconds: number('seconds', values.seconds),
    concurrency: values.concurrency.split(',').map((text) => number('concurrency', text)),
    profile: values.profile.split(',').filter((name) => name !== ''),
  };
}
