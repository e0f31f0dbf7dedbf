import type { Verdict } from './transport.ts';
import type { WireMessage } from './wire.ts';

/** Delays of the retries, in milliseconds. After the last, a message becomes a dead letter. */
export const RETRY_STEPS_MS = [1_000, 5_000, 15_000, 30_000, 60_000] as const;

/**
 * The same for what met rows that other transactions held. Several soon, because a message may meet such a row without being about what
 * is held, and a saga's step has 10 s; the last late, so that a long lock makes no dead letters.
 */
const CONTENDED_STEPS_MS = [1_000, 1_500, 4_000, 30_000, 60_000] as const;

/** What happens next to a message that could not be handled. */
export interface Fate {
  /** How often it has been tried by now. */
  readonly attempt: number;
  /** Milliseconds until the next try; undefined: never again, it is a dead letter. */
  readonly againInMs: number | undefined;
  /** The same in words, for the log. */
  readonly said: string;
}

/** Decides, the same on every transport, whether a message is tried again. */
export function fateOf(item: WireMessage, verdict: Exclude<Verdict, { kind: 'done' }>): Fate {
  const { kind, reason } = verdict;
  const steps = verdict.kind === 'retry' && verdict.contended ? CONTENDED_STEPS_MS : RETRY_STEPS_MS;
  const attempt = attemptsOf(item) + 1;
  const delay = kind === 'dead' ? undefined : steps[attempt - 1];
  const name = `${short(item.type)} ${short(item.id)}`;
  return delay === undefined
    ? {
        attempt,
        againInMs: undefined,
        said: `${name} becomes a dead letter after ${attempt} attempt(s): ${reason}`,
      }
    : {
        attempt,
        // Jitter, so that what failed together does not come back together.
        againInMs: Math.round(delay * (0.8 + 0.4 * Math.random())),
        said: `${name} failed (attempt ${attempt}), again in about ${delay} ms: ${reason}`,
      };
}

/** How often a message was tried before, whatever stands there. */
export const attemptsOf = ({ attempt }: WireMessage): number =>
  Number.isSafeInteger(attempt) && attempt! > 0 ? attempt! : 0;

/** A field that may be anything of any length, for a log line or a header. */
export const short = (text: unknown): string =>
  typeof text === 'string' ? text.slice(0, 200) : `(${typeof text})`;
