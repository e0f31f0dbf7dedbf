import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** What a piece of work carries from hop to hop. */
export interface Context {
  /** W3C Trace Context, version 00: `00-<trace id>-<parent id>-<flags>`. */
  readonly traceparent: string;
  /** 32 hex digits, the second part of `traceparent`. */
  readonly traceId: string;
  /** The instant, by `performance.now()` of this process, after which the answer is not awaited any more. What travels is the time that is left. */
  readonly deadline?: number;
  /** What the request has changed so far, shared by all that works for it. */
  readonly effects: Effects;
  /** Narrower than the defaults of the database, for work that must not hold up other work. */
  readonly limits?: Limits;
}

/** Decides what a failure may promise: once something may have changed, no answer says that nothing has happened. */
export interface Effects {
  /** Something was committed for this request, here or in a service that was asked, or may have been. */
  changed: boolean;
}

/** What a transaction may wait for at most, in milliseconds. */
export interface Limits {
  /** For a lock that another transaction holds. */
  readonly lockMs: number;
  /** For one statement. */
  readonly statementMs: number;
}

/** For one item of a set that met held rows. Longer than what a batch waits then, so that two batches do not set each other's items aside. */
export const ALONE: Limits = { lockMs: 100, statementMs: 2_000 };

const storage = new AsyncLocalStorage<Context>();
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Random bytes in stock: asking the system for each trace costs more than all the rest of a new one. */
const stock = Buffer.alloc(24 * 256);
let taken = stock.length;

/** A new root `traceparent`, sampled. */
export function newTraceparent(): string {
  if (taken === stock.length) {
    randomFillSync(stock);
    taken = 0;
  }
  const bytes = stock.toString('hex', taken, (taken += 24));
  return `00-${bytes.slice(0, 32)}-${bytes.slice(32)}-01`;
}

/**
 * Continues an incoming `traceparent`, or begins a trace when there is none or it is malformed.
 * Source of the rule: W3C Trace Context §3.2 (all-zero ids and version ff are invalid).
 */
export function contextFrom(traceparent: string | undefined, deadline?: number): Context {
  const trace = isTraceparent(traceparent) ? traceparent : newTraceparent();
  return { traceparent: trace, traceId: trace.slice(3, 35), deadline, effects: { changed: false } };
}

export function isTraceparent(value: string | undefined): value is string {
  // Off the wire comes whatever somebody wrote there.
  if (typeof value !== 'string') return false;
  const match = TRACEPARENT.exec(value);
  return match !== null && !value.startsWith('ff') && !/^0+$/.test(match[1]!) && !/^0+$/.test(match[2]!);
}

/** The context of the work at hand; outside of any, a fresh one. */
export function currentContext(): Context {
  return storage.getStore() ?? contextFrom(undefined);
}

/** The trace id of the work at hand, or undefined outside of any. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.traceId;
}

/** Notes that the request at hand has changed something, or may have. */
export function noteChange(): void {
  const context = storage.getStore();
  if (context) context.effects.changed = true;
}

/** Whether the request at hand has changed something, or may have. */
export function hasChanged(): boolean {
  return storage.getStore()?.effects.changed ?? false;
}

/** The limits of the work at hand, or undefined where the defaults hold. */
export function currentLimits(): Limits | undefined {
  return storage.getStore()?.limits;
}

/** Runs `work` so that everything it calls, now or later, sees `context`. */
export function runInContext<T>(context: Context, work: () => T): T {
  return storage.run(context, work);
}
