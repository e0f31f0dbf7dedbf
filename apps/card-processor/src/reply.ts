import type { FaultRule } from './fault.ts';
import { Refused, type Failure } from './processor.errors.ts';
import { toFailure } from './stripe.mapping.ts';

/** How an answer travels when something is wrong with the way. */
export type Manner = Pick<FaultRule, 'kind' | 'delayMs'>;

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Names and values in turn, besides content type and length. */
  readonly headers?: readonly string[];
  readonly manner?: Manner;
}

export type Send = (reply: Reply) => void;

export const json = (status: number, body: object): Reply => ({ status, body: JSON.stringify(body) });

/** The sandbox's own refusal, outside of Stripe's API. */
export const problem = (status: number, detail: string): Reply => json(status, { status, detail });

/** The reply to a failure of which nothing is stored. */
export function failed(failure: Failure): Reply {
  const headers: string[] = [];
  if (failure.retryAfter !== undefined) headers.push('Retry-After', String(failure.retryAfter));
  if (failure.shouldRetry !== undefined) headers.push('Stripe-Should-Retry', String(failure.shouldRetry));
  return { ...json(failure.status, toFailure(failure)), headers };
}

/** The reply to what was thrown, if it is a refusal. */
export function refused(error: unknown): Reply {
  if (error instanceof Refused) return failed(error.failure);
  throw error;
}
