import type { FailureData } from '@caravan/contracts';
import type { SagaInstance } from '../src/saga.machine.ts';

export type Data = Record<string, unknown>;
export type Outcome = { ok: true; data: unknown } | { ok: false; failure: FailureData };

/** What was sent to a participant. It may arrive at any time, any number of times, or never. */
export interface Sent {
  /** The type of the saga that asked; '' for an event. */
  readonly saga: string;
  readonly type: string;
  /** `<step>:do` or `<step>:undo`; '' for an event. */
  readonly question: string;
  /** Each time that it was asked. */
  readonly asks: readonly string[];
  /** The participant has done it at least once. */
  readonly did: boolean;
}

/** An answer that is on its way; it may arrive at any time, any number of times, or never. */
export interface Reply {
  readonly saga: string;
  readonly type: string;
  readonly ask: string;
  readonly outcome: Outcome;
}

/** What the explorer remembers of one run of a saga, to compare the end with. */
export interface Run {
  readonly asked: readonly string[];
  readonly done: readonly string[];
  readonly undone: readonly string[];
  readonly givenUp: boolean;
  /** It was moved to another definition on its way. */
  readonly moved: boolean;
}

/** Everything that decides what can happen next. Never changed in place. */
export interface World {
  /** The service that runs the sagas, as its local steps left it. */
  readonly own: unknown;
  /** By type of saga. */
  readonly sagas: Readonly<Record<string, SagaInstance>>;
  readonly runs: Readonly<Record<string, Run>>;
  /** By name of the participant. */
  readonly participants: Readonly<Record<string, unknown>>;
  readonly sent: readonly Sent[];
  readonly replies: readonly Reply[];
  /** The local steps and hooks that ran, in the order of their first time, as `<type>: <name of the function>`. */
  readonly ran: readonly string[];
}

export const emptyRun: Run = { asked: [], done: [], undone: [], givenUp: false, moved: false };

/**
 * Two worlds with the same key have the same future. Left out: how often old questions were asked, and whether they were ever
 * answered, for no answer to them counts any more.
 */
export function keyOf({ own, sagas, runs, participants, sent, replies, ran }: World): string {
  const asked = sent.map((one) => {
    const current = one.did && questionAt(sagas[one.saga]) === one.question;
    return `${one.saga}|${one.type}|${one.question}|${current}`;
  });
  return [
    jsonOf(own),
    ...Object.values(sagas).map(jsonOf),
    ...Object.values(runs).map(jsonOf),
    jsonOf(participants),
    ...asked.sort(),
    ...replies.map(textOf).sort(),
    jsonOf(ran),
  ].join('\n');
}

const texts = new WeakMap<object, string>();

/** Worlds share what did not change between them: each part is written once. */
export function jsonOf(part: unknown): string {
  if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? '';
  let text = texts.get(part);
  if (text === undefined) texts.set(part, (text = JSON.stringify(part)));
  return text;
}

/** What a saga asks at its step, however often. */
export const questionAt = (saga: SagaInstance | undefined): string | undefined =>
  saga && `${saga.step}:${saga.state === 'undoing' ? 'undo' : 'do'}`;

/** Good answers to a question are the same however often it was asked before. */
export const textOf = ({ saga, type, ask, outcome }: Reply): string =>
  outcome.ok
    ? `${saga}|${type}|${ask.slice(0, ask.lastIndexOf(':'))}|${JSON.stringify(outcome.data)}`
    : `${saga}|${type}|${ask}|${outcome.failure.code}`;
