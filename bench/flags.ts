import { commandLine, refuse, usageOf } from '../tools/command-line.ts';

export interface Flags {
  rounds: number;
  /** Of one part of one round. */
  seconds: number;
  concurrency: number[];
  /** Processes whose CPU is profiled. */
  profile: string[];
}

const command = {
  call: 'npm run bench',
  about: 'Measures checkouts and pages of the catalogue on a system of its own; about three minutes.',
  flags: {
    rounds: { type: 'string', value: 'N', help: 'how often each part is run (3)' },
    seconds: { type: 'string', value: 'N', help: 'how long one part of one round is (6)' },
    concurrency: { type: 'string', value: '1,32,256', help: 'how many clients at once' },
    profile: { type: 'string', value: 'orders,bff-web', help: 'processes whose CPU is profiled' },
  },
} as const;

function number(name: string, text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 1_000) return value;
  return refuse(
    `npm run bench: --${name}: a number from 1 to 1000 is wanted, not "${text}".`,
    usageOf(command),
  );
}

/** What was said on the command line; what makes no sense ends the process. */
export function readFlags(): Flags {
  const { rounds = '3', seconds = '6', concurrency = '1,32,256', profile = '' } = commandLine(command).flags;
  return {
    rounds: number('rounds', rounds),
    seconds: number('seconds', seconds),
    concurrency: concurrency.split(',').map((text) => number('concurrency', text)),
    profile: profile.split(',').filter((name) => name !== ''),
  };
}
