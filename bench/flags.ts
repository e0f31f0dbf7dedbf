import {
  asksForHelp,
  type Command,
  leave,
  readWords,
  refuse,
  usageOf,
  WrongWords,
} from '../tools/command-line.ts';
import { parseReplicas } from '../tools/flags.ts';
import { VARIANTS } from './stock-nest.ts';

/** What customers ask for. */
export const SHOP_SUBJECTS = ['checkout', 'hot', 'list', 'order', 'mobile', 'login'] as const;
/** Parts by themselves, and what they are to be held against. */
export const SUBJECTS = [...SHOP_SUBJECTS, 'floor', 'apollo', 'limits', 'rpc', 'outbox', 'start'] as const;
export type ShopSubject = (typeof SHOP_SUBJECTS)[number];
export type Subject = (typeof SUBJECTS)[number];

/** Variants of stock-nest, and Caravan itself in one process. */
export const OPPONENTS = [...VARIANTS, 'single'] as const;
export type Opponent = (typeof OPPONENTS)[number];

export interface Flags {
  rounds: number;
  /** Of one part of one round. */
  seconds: number;
  concurrency: number[];
  only: Subject[];
  against: Opponent[];
  /** Processes of each of Caravan's services, where there is more than one. */
  replicas: Record<string, number>;
  /** Processes whose CPU is profiled. */
  profile: string[];
}

const command = {
  call: 'npm run bench',
  about: 'Measures a system of its own beside the baselines; everything takes about an hour.',
  flags: {
    only: { type: 'string', value: 'checkout,list', help: `of ${SUBJECTS.join(', ')} (all)` },
    against: {
      type: 'string',
      value: 'tuned',
      help: `of ${VARIANTS.join(' and ')} stock-nest and single, all services in one process (all), or none`,
    },
    rounds: { type: 'string', value: 'N', help: 'how often each part is run (3)' },
    seconds: { type: 'string', value: 'N', help: 'how long one part of one round is (6)' },
    concurrency: { type: 'string', value: '1,64', help: 'how many customers at once (1,8,32,64,256)' },
    replicas: { type: 'string', value: 'orders=2', help: 'several processes of our services' },
    profile: { type: 'string', value: 'orders,bff-web', help: 'processes of ours whose CPU is profiled' },
  },
} as const satisfies Command;

function number(name: string, text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 1_000) return value;
  throw new WrongWords(`${command.call}: --${name}: a number from 1 to 1000 is wanted, not "${text}".`);
}

function each<Word extends string>(name: string, text: string, known: readonly Word[]): Word[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found) return found;
    throw new WrongWords(`${command.call}: --${name}: ${known.join(', ')} are known, not "${word}".`);
  });
}

/** @throws WrongWords when a flag is unknown or makes no sense */
export function parseFlags(args: string[], env: Readonly<Record<string, string | undefined>> = {}): Flags {
  const { flags } = readWords(command, args, env);
  const { rounds = '3', seconds = '6', concurrency = '1,8,32,64,256', profile = '' } = flags;
  const { only = SUBJECTS.join(), against = OPPONENTS.join(), replicas } = flags;
  return {
    rounds: number('rounds', rounds),
    seconds: number('seconds', seconds),
    concurrency: concurrency.split(',').map((text) => number('concurrency', text)),
    only: each('only', only, SUBJECTS),
    against: against === 'none' ? [] : each('against', against, OPPONENTS),
    replicas: replicas === undefined ? {} : parseReplicas(replicas),
    profile: profile.split(',').filter((name) => name !== ''),
  };
}

/** What was said on the command line; what makes no sense ends the process. */
export function readFlags(args = process.argv.slice(2)): Flags {
  if (asksForHelp(args)) leave(usageOf(command));
  try {
    return parseFlags(args, process.env);
  } catch (error) {
    if (!(error instanceof WrongWords)) throw error;
    return refuse(error.message, usageOf(command));
  }
}
