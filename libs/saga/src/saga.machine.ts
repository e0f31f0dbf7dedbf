import type { Contract, FailureData, SagaOutcome } from '@caravan/contracts';
import {
  type AskStep,
  isFinal,
  type LocalEffect,
  type SagaDefinition,
  type SagaView,
} from './saga.definition.ts';

export type SagaState = 'running' | 'undoing' | 'completed' | 'rolled_back';

/** A saga as it is stored. */
export interface SagaInstance<Data = object> {
  readonly type: string;
  readonly id: string;
  readonly traceparent: string;
  /** Fingerprint of the definition that it runs under. */
  definition: string;
  data: Data;
  state: SagaState;
  /** Name of the step it is at; while undoing, of the step being undone; at its end, of the last, or when rolled back the first. */
  step: string;
  /** The open question, `<step>:do|undo:<attempt>`; null in a pause before it is asked again. */
  ask: string | null;
  /** How often the open question was asked before. */
  attempt: number;
  /** Milliseconds from now until the wait is over; null: waits for nothing. */
  dueInMs: number | null;
  failure: FailureData | null;
  stuck: boolean;
}

/** A saga before its first input. */
export const newSaga = <Data>(
  { type, fingerprint }: Pick<SagaDefinition<Data>, 'type' | 'fingerprint'>,
  of: Pick<SagaInstance<Data>, 'id' | 'traceparent' | 'data'>,
): SagaInstance<Data> => ({
  type,
  ...of,
  definition: fingerprint,
  state: 'running',
  step: '',
  ask: null,
  attempt: 0,
  dueInMs: null,
  failure: null,
  stuck: false,
});

export type SagaInput =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'reply';
      readonly ask: string;
      /** Wire name of the command that is answered. */
      readonly command: string;
      readonly outcome: { ok: true; data: unknown } | { ok: false; failure: FailureData };
    }
  | { readonly kind: 'due' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'cancel'; readonly failure: FailureData }
  | { readonly kind: 'give-up'; readonly failure: FailureData };

/** What a transition asks of the world; carried out in the transaction that stores it. */
export interface Effects<Data> {
  readonly sends: { readonly command: Contract; readonly ask: string }[];
  readonly locals: { readonly effect: LocalEffect<Data>; readonly view: SagaView<Data> }[];
  readonly log: { readonly step: string; readonly outcome: SagaOutcome; readonly detail: string | null }[];
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
 * @param definition the one that `instance.definition` names
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
      run.begin();
      return run.effects;
    case 'reply':
      if (!isAwaited(definition, instance, input)) return undefined;
      run.answered(input.outcome);
      return run.effects;
    case 'due':
      if (hasEnded(instance) || instance.dueInMs === null || instance.dueInMs > 0) return undefined;
      run.due();
      return run.effects;
    case 'retry':
      // While an answer is awaited, a second question could only make it late.
      if (hasEnded(instance) || instance.dueInMs === null) return undefined;
      if (instance.ask !== null && instance.dueInMs > 0) return undefined;
      run.note(instance.step, 'retried');
      run.due();
      return run.effects;
    case 'restart':
      if (instance.state !== 'completed') return undefined;
      instance.state = 'running';
      instance.failure = null;
      run.begin();
      return run.effects;
    case 'cancel':
      if (!canRollBack(definition, instance)) return undefined;
      run.note(instance.step, 'cancelled', input.failure);
      run.rollBack(input.failure);
      return run.effects;
    case 'give-up':
      if (instance.state !== 'running' || !instance.stuck) return undefined;
      run.note(instance.step, 'given up', input.failure);
      run.end('completed', undefined);
      return run.effects;
  }
}

export const hasEnded = ({ state }: Pick<SagaInstance, 'state'>): boolean =>
  state === 'completed' || state === 'rolled_back';

/** Whether the saga is on its way and before its point of no return. */
export function canRollBack<Data>(
  definition: SagaDefinition<Data>,
  instance: Pick<SagaInstance, 'state' | 'step'>,
): boolean {
  const step = definition.steps.find(({ name }) => name === instance.step);
  return instance.state === 'running' && step !== undefined && !isFinal(step);
}

/**
 * The answer to the open question; or a good one to an earlier attempt of the same question, which comes late and tells all the same
 * that it is done. Any other is late, repeated, or the answer to another command.
 */
function isAwaited<Data>(
  definition: SagaDefinition<Data>,
  instance: Pick<SagaInstance, 'state' | 'step' | 'ask'>,
  { ask, command, outcome }: Extract<SagaInput, { kind: 'reply' }>,
): boolean {
  if (hasEnded(instance) || command !== commandOf(definition, instance)?.type) return false;
  return ask === instance.ask || (outcome.ok && ask.startsWith(`${questionOf(instance)}:`));
}

/** What a saga asks at its step, to do it or to undo it; undefined when that step asks nothing. */
export function commandOf<Data>(
  { steps }: SagaDefinition<Data>,
  { state, step }: Pick<SagaInstance, 'state' | 'step'>,
): Contract | undefined {
  const at = steps.find(({ name }) => name === step);
  return at?.kind === 'ask' ? (state === 'undoing' ? at.undo : at.command) : undefined;
}

/** What a saga asks at its step, however often. */
const questionOf = ({ state, step }: Pick<SagaInstance, 'state' | 'step'>): string =>
  `${step}:${state === 'undoing' ? 'undo' : 'do'}`;

class Run<Data extends object> {
  readonly effects: Effects<Data> = { sends: [], locals: [], log: [] };

  constructor(
    private readonly definition: SagaDefinition<Data>,
    private readonly saga: SagaInstance<Data>,
  ) {}

  note(step: string, outcome: SagaOutcome, failure?: FailureData): void {
    this.effects.log.push({ step, outcome, detail: failure ? `${failure.code}: ${failure.message}` : null });
  }

  begin(): void {
    this.note(this.definition.type, 'started');
    this.enter(0);
  }

  answered(outcome: { ok: true; data: unknown } | { ok: false; failure: FailureData }): void {
    const { saga, current } = this;
    if (saga.state === 'undoing') {
      if (!outcome.ok) return this.again(outcome.failure);
      this.note(saga.step, 'undone');
      return this.undoFrom(this.index - 1);
    }
    if (outcome.ok) {
      if (typeof outcome.data === 'object' && outcome.data !== null && Object.keys(outcome.data).length > 0) {
        saga.data = { ...saga.data, ...outcome.data };
      }
      this.note(saga.step, 'done');
      saga.stuck = false;
      return this.enter(this.index + 1);
    }
    if (current.untilDone) return this.again(outcome.failure);
    this.note(saga.step, 'refused', outcome.failure);
    this.rollBack(outcome.failure);
  }

  due(): void {
    const { saga, current } = this;
    if (saga.ask === null) return this.put(saga.attempt);
    const failure = { code: 'saga.timed-out', message: `No answer within ${current.withinMs / 1_000} s` };
    if (saga.state === 'undoing' || current.untilDone) return this.again(failure);
    this.note(saga.step, 'timed out', failure);
    this.rollBack(failure);
  }

  rollBack(failure: FailureData): void {
    this.saga.state = 'undoing';
    this.saga.failure = failure;
    this.undoFrom(this.index);
  }

  end(state: 'completed' | 'rolled_back', hook: LocalEffect<Data> | undefined): void {
    Object.assign(this.saga, { state, ask: null, attempt: 0, dueInMs: null, stuck: false });
    if (hook) this.local(hook);
  }

  private get index(): number {
    return this.definition.steps.findIndex(({ name }) => name === this.saga.step);
  }

  /** A saga that has not ended stands at a step that asks: local ones are passed in the transition that reaches them. */
  private get current(): AskStep {
    return this.definition.steps[this.index] as AskStep;
  }

  /** Goes to a step and on through all local ones, up to the next question or the end. */
  private enter(index: number): void {
    const { saga, definition } = this;
    for (const step of definition.steps.slice(index)) {
      saga.step = step.name;
      if (step.kind === 'ask') return this.put(0);
      this.local(step.effect);
      this.note(step.name, 'done');
    }
    this.end('completed', definition.hooks.completed);
  }

  /** Undoes every step that was asked, last first, one after the other. */
  private undoFrom(index: number): void {
    const { saga, definition } = this;
    for (const step of definition.steps.slice(0, index + 1).toReversed()) {
      saga.step = step.name;
      if (step.kind === 'ask' && step.undo) return this.put(0);
    }
    saga.step = definition.steps[0]?.name ?? definition.type;
    this.note(definition.type, 'rolled back');
    this.end('rolled_back', definition.hooks.rolledBack);
  }

  /** What has to succeed did not: once more after a pause; after many failures people are called. */
  private again(failure: FailureData): void {
    const { saga } = this;
    saga.ask = null;
    saga.attempt++;
    if (isNoted(saga.attempt))
      this.note(saga.step, saga.state === 'undoing' ? 'undo failed' : 'failed', failure);
    saga.dueInMs = pauseAfter(saga.attempt);
    if (saga.attempt >= STUCK_AFTER && !saga.stuck) {
      saga.stuck = true;
      this.note(saga.step, 'stuck', failure);
      if (this.definition.hooks.stuck) this.local(this.definition.hooks.stuck, failure);
    }
  }

  /** Asks the step's question: to do it, or while undoing to undo it. */
  private put(attempt: number): void {
    const { saga, definition } = this;
    saga.attempt = attempt;
    saga.dueInMs = this.current.withinMs;
    saga.ask = `${questionOf(saga)}:${attempt}`;
    this.effects.sends.push({ command: commandOf(definition, saga)!, ask: saga.ask });
  }

  private local(effect: LocalEffect<Data>, failure = this.saga.failure): void {
    const { id, data, traceparent } = this.saga;
    this.effects.locals.push({ effect, view: { id, data, traceparent, failure } });
  }
}
