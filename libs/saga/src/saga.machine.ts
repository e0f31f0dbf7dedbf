import type { Contract, FailureData } from '@caravan/contracts';
import {
  type AskStep,
  isFinal,
  type LocalEffect,
  type SagaDefinition,
  type SagaView,
} from './saga.definition.ts';

export type SagaState = 'running' | 'undoing' | 'completed' | 'rolled_back';

/** A saga as it is stored. */
export interface SagaInstance<Data = Record<string, unknown>> {
  readonly type: string;
  readonly id: string;
  readonly traceparent: string;
  data: Data;
  state: SagaState;
  /** Index of the step it is at; while undoing, of the step being taken back. */
  step: number;
  /** Name of the open question, null in a pause before it is asked again. */
  ask: string | null;
  /** How often the open question was asked before. */
  attempt: number;
  /** Milliseconds from now until the wait is over; null: waits for nothing. */
  dueInMs: number | null;
  failure: FailureData | null;
  stuck: boolean;
}

export type SagaInput =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'reply';
      readonly ask: string;
      readonly outcome: { ok: true; data: unknown } | { ok: false; failure: FailureData };
    }
  | { readonly kind: 'due' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'cancel'; readonly failure: FailureData }
  | { readonly kind: 'give-up'; readonly failure: FailureData };

/** What a transition asks of the world; carried out in the transaction that stores it. */
export interface Effects<Data> {
  readonly sends: { readonly command: Contract<never, unknown> | Contract; readonly ask: string }[];
  readonly locals: { readonly effect: LocalEffect<Data>; readonly view: SagaView<Data> }[];
  readonly log: { readonly step: string; readonly outcome: string; readonly detail: string | null }[];
}

/** After this many failures of a step that must be done, people are called: half a minute of refusals, one and a half of silence. */
const STUCK_AFTER = 6;
const LONGEST_PAUSE_MS = 30_000;
/** Once people are called: an answer that comes late counts, so asking again only makes up for one that was lost. */
const LONGEST_PAUSE_STUCK_MS = 3_600_000;

/** Milliseconds before a step is asked for again after `failures` failures, from 1: doubling to half a minute, then to an hour. */
function pauseAfter(failures: number): number {
  if (failures <= STUCK_AFTER) return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures);
  return Math.min(LONGEST_PAUSE_STUCK_MS, LONGEST_PAUSE_MS * 2 ** Math.min(failures - STUCK_AFTER, 16));
}

/** A timeline has the first failures of a step, then each at double the number: an outage of a day adds some ten entries. */
const isNoted = (failures: number): boolean =>
  failures <= STUCK_AFTER || Number.isInteger(Math.log2(failures));

/**
 * The state machine: what one input does to one saga. Pure: it changes the instance and tells the effects.
 * @returns the effects, or undefined when the input is late or repeated and changes nothing
 */
export function advance<Data extends object>(
  definition: SagaDefinition<Data>,
  instance: SagaInstance<Data>,
  input: SagaInput,
): Effects<Data> | undefined {
  const run = new Run(definition, instance);
  switch (input.kind) {
    case 'start':
      run.note(definition.type, 'started');
      run.enter(0);
      return run.effects;
    case 'reply':
      if (!isAwaited(instance, input)) return undefined;
      run.answered(input.outcome);
      return run.effects;
    case 'due':
      if (instance.dueInMs === null || instance.dueInMs > 0) return undefined;
      run.due();
      return run.effects;
    case 'retry':
      // While an answer is awaited, a second question could only make it late.
      if (instance.dueInMs === null || (instance.ask !== null && instance.dueInMs > 0)) return undefined;
      run.note(run.current.name, 'retried');
      run.due();
      return run.effects;
    case 'restart':
      if (instance.state !== 'completed') return undefined;
      instance.state = 'running';
      instance.failure = null;
      run.note(definition.type, 'started');
      run.enter(0);
      return run.effects;
    case 'cancel':
      if (!canRollBack(definition, instance)) return undefined;
      run.note(run.current.name, 'cancelled', input.failure);
      run.rollBack(input.failure);
      return run.effects;
    case 'give-up':
      if (instance.state !== 'running' || !instance.stuck) return undefined;
      run.note(run.current.name, 'given up', input.failure);
      run.end('completed', undefined);
      return run.effects;
  }
}

/** Whether the saga is on its way and before its point of no return. */
export function canRollBack<Data>(
  definition: SagaDefinition<Data>,
  instance: Pick<SagaInstance, 'state' | 'step'>,
): boolean {
  const step = definition.steps[instance.step];
  return instance.state === 'running' && step !== undefined && !isFinal(step);
}

/**
 * The answer to the open question; or a good one to an earlier time that the same was asked, which comes late and tells all the same
 * that it is done. Any other is late or repeated.
 */
function isAwaited(
  instance: Pick<SagaInstance, 'state' | 'step' | 'ask' | 'dueInMs'>,
  { ask, outcome }: Extract<SagaInput, { kind: 'reply' }>,
): boolean {
  if (instance.dueInMs === null) return false;
  return ask === instance.ask || (outcome.ok && ask.startsWith(`${questionOf(instance)}:`));
}

/** What a saga asks at its step, however often: to do it or to undo it. */
const questionOf = ({ state, step }: Pick<SagaInstance, 'state' | 'step'>): string =>
  `${step}:${state === 'undoing' ? 'undo' : 'do'}`;

class Run<Data extends object> {
  readonly effects: Effects<Data> = { sends: [], locals: [], log: [] };

  constructor(
    private readonly definition: SagaDefinition<Data>,
    private readonly saga: SagaInstance<Data>,
  ) {}

  get current() {
    return this.definition.steps[this.saga.step] as AskStep;
  }

  note(step: string, outcome: string, failure?: FailureData): void {
    this.effects.log.push({ step, outcome, detail: failure ? `${failure.code}: ${failure.message}` : null });
  }

  /** Goes to a step and on through all local ones, up to the next question or the end. */
  enter(index: number): void {
    const { saga, definition } = this;
    for (saga.step = index; ; saga.step++) {
      const step = definition.steps[saga.step];
      if (!step) return this.end('completed', definition.hooks.completed);
      if (step.kind === 'ask') return this.put(step.command, 0, step.withinMs);
      this.local(step.effect);
      this.note(step.name, 'done');
    }
  }

  answered(outcome: { ok: true; data: unknown } | { ok: false; failure: FailureData }): void {
    const { saga, current } = this;
    if (saga.state === 'undoing') {
      if (!outcome.ok) return this.again(outcome.failure);
      this.note(current.name, 'undone');
      return this.undoFrom(saga.step - 1);
    }
    if (outcome.ok) {
      if (typeof outcome.data === 'object' && outcome.data !== null && Object.keys(outcome.data).length > 0) {
        saga.data = { ...saga.data, ...outcome.data };
      }
      this.note(current.name, 'done');
      saga.stuck = false;
      return this.enter(saga.step + 1);
    }
    if (current.untilDone) return this.again(outcome.failure);
    this.note(current.name, 'refused', outcome.failure);
    this.rollBack(outcome.failure);
  }

  due(): void {
    const { saga, current } = this;
    if (saga.ask === null) return this.askAgain();
    const failure = { code: 'saga.timed-out', message: `No answer within ${current.withinMs / 1_000} s` };
    if (saga.state === 'undoing' || current.untilDone) return this.again(failure);
    this.note(current.name, 'timed out', failure);
    this.rollBack(failure);
  }

  rollBack(failure: FailureData): void {
    this.saga.state = 'undoing';
    this.saga.failure = failure;
    this.undoFrom(this.saga.step);
  }

  /** Takes back every step that was asked, last first, one after the other. */
  private undoFrom(index: number): void {
    const { saga, definition } = this;
    for (saga.step = index; saga.step >= 0; saga.step--) {
      const step = definition.steps[saga.step];
      if (step?.kind === 'ask' && step.undo) return this.put(step.undo, 0, step.withinMs);
    }
    saga.step = 0;
    this.note(definition.type, 'rolled back');
    this.end('rolled_back', definition.hooks.rolledBack);
  }

  /** What has to succeed did not: once more after a pause; after many times somebody is called. */
  private again(failure: FailureData): void {
    const { saga, current } = this;
    saga.ask = null;
    saga.attempt++;
    if (isNoted(saga.attempt))
      this.note(current.name, saga.state === 'undoing' ? 'undo failed' : 'failed', failure);
    saga.dueInMs = pauseAfter(saga.attempt);
    if (saga.attempt >= STUCK_AFTER && !saga.stuck) {
      saga.stuck = true;
      this.note(current.name, 'stuck', failure);
      if (this.definition.hooks.stuck) this.local(this.definition.hooks.stuck, failure);
    }
  }

  private askAgain(): void {
    const { saga, current } = this;
    this.put(saga.state === 'undoing' ? current.undo! : current.command, saga.attempt, current.withinMs);
  }

  private put(command: Contract<never, unknown> | Contract, attempt: number, withinMs: number): void {
    const { saga } = this;
    saga.attempt = attempt;
    saga.dueInMs = withinMs;
    saga.ask = `${questionOf(saga)}:${attempt}`;
    this.effects.sends.push({ command, ask: saga.ask });
  }

  end(state: 'completed' | 'rolled_back', hook: LocalEffect<Data> | undefined): void {
    Object.assign(this.saga, { state, ask: null, attempt: 0, dueInMs: null, stuck: false });
    if (hook) this.local(hook);
  }

  private local(effect: LocalEffect<Data>, failure = this.saga.failure): void {
    const { id, data, traceparent } = this.saga;
    this.effects.locals.push({ effect, view: { id, data, traceparent, failure } });
  }
}
