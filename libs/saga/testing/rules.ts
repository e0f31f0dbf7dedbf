import type { LocalEffect, SagaDefinition, Step } from '../src/saga.definition.ts';
import type { Effects, SagaInput, SagaInstance } from '../src/saga.machine.ts';
import { indexOf, isBehindPivot, isEnded, numberOf, questionOf } from './position.ts';
import { type Data, jsonOf } from './world.ts';

/** One call of `advance`: the saga before and after it, the input, and what it led to. */
export interface Transition {
  readonly definition: SagaDefinition<Data>;
  readonly before: SagaInstance;
  readonly input: SagaInput;
  readonly effects: Effects<Data> | undefined;
  readonly after: SagaInstance;
}

type Local = LocalEffect<Data>;

/** What a transition has to come to, as far as the rules decide it. */
interface Expected {
  readonly state: SagaInstance['state'];
  readonly asks?: { readonly step: Step<Data>; readonly verb: 'do' | 'undo'; readonly number: number };
  /** The question is asked again after a pause. */
  readonly pauses?: boolean;
  /** Local steps and hooks in order; undefined: any (the hook for stuck sagas depends on the count of failures). */
  readonly locals?: readonly Local[];
  readonly log: readonly string[];
}

/** More failures in a row than this without a call for people are a mistake. */
const MOST_FAILURES_UNSEEN = 10;
const FEWEST_FAILURES_SEEN = 3;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * What holds for every transition of every saga, said without the machine: the explorer compares each call with it.
 * @returns what is wrong, or undefined
 */
export function brokenRule(transition: Transition): string | undefined {
  const { before, input, effects, after } = transition;
  const taken = isTaken(transition);
  if (!effects) {
    if (!isSame(before, after)) return 'an input without effect changed the saga';
    return taken ? `${nameOf(input)} was not taken, though it is the saga's turn` : undefined;
  }
  if (!taken) return `${nameOf(input)} ${whyNot(transition)}`;
  return brokenShape(after) ?? brokenOutcome(transition, expected(transition), effects);
}

function isSame(before: SagaInstance, after: SagaInstance): boolean {
  return (Object.keys(after) as (keyof SagaInstance)[]).every((key) => before[key] === after[key]);
}

/** Whether an input may have an effect at all. */
function isTaken({ definition, before, input }: Transition): boolean {
  const due = before.dueInMs !== null && before.dueInMs <= 0;
  if (input.kind === 'start') return before.ask === null && before.dueInMs === null;
  if (input.kind === 'restart') return before.state === 'completed';
  if (isEnded(before)) return false;
  switch (input.kind) {
    case 'reply':
      return isAwaited(definition, before, input);
    case 'due':
      return due;
    case 'retry':
      return before.ask === null || due;
    case 'cancel':
      return before.state === 'running' && !isBehindPivot(definition, indexOf(definition, before));
    case 'give-up':
      return before.state === 'running' && before.stuck;
  }
}

function isAwaited(
  definition: SagaDefinition<Data>,
  before: SagaInstance,
  { ask, command, outcome }: Extract<SagaInput, { kind: 'reply' }>,
): boolean {
  const step = definition.steps[indexOf(definition, before)];
  if (step?.kind !== 'ask') return false;
  const undoing = before.state === 'undoing';
  if (command !== (undoing ? step.undo : step.command)?.type) return false;
  return ask === before.ask || (outcome.ok && questionOf(ask) === `${step.name}:${undoing ? 'undo' : 'do'}`);
}

function whyNot({ before, input }: Transition): string {
  if (isEnded(before)) return 'has an effect on a saga that has ended';
  if (input.kind === 'reply') return 'was taken for the answer to another question';
  if (input.kind === 'cancel') return 'was taken at or after the point of no return';
  if (input.kind === 'give-up') return 'was taken though the saga is not stuck';
  if (input.kind === 'due' || input.kind === 'retry') return 'was taken while an answer is awaited';
  return 'was taken though it is not its turn';
}

function expected(transition: Transition): Expected {
  const { definition, before, input } = transition;
  const at = indexOf(definition, before);
  const step = definition.steps[at]!;
  const back = (index: number, ...log: string[]) => undoFrom(definition, index, log);
  switch (input.kind) {
    case 'start':
    case 'restart':
      return goOnFrom(definition, 0, [`${definition.type} started`]);
    case 'give-up':
      return { state: 'completed', locals: [], log: [`${step.name} given up`] };
    case 'cancel':
      return back(at, `${step.name} cancelled`);
    case 'reply':
      if (input.outcome.ok)
        return before.state === 'undoing'
          ? back(at - 1, `${step.name} undone`)
          : goOnFrom(definition, at + 1, [`${step.name} done`]);
      return before.state === 'undoing' || isBehindPivot(definition, at)
        ? pausesAt(before, [])
        : back(at, `${step.name} refused`);
    case 'due':
    case 'retry': {
      const log = input.kind === 'retry' ? [`${step.name} retried`] : [];
      if (before.ask === null) return asksAgain(before, step, log);
      if (before.state === 'undoing' || isBehindPivot(definition, at)) return pausesAt(before, log);
      return back(at, ...log, `${step.name} timed out`);
    }
  }
}

function goOnFrom(definition: SagaDefinition<Data>, index: number, log: string[]): Expected {
  const locals: Local[] = [];
  for (const step of definition.steps.slice(index)) {
    if (step.kind === 'ask') return { state: 'running', asks: { step, verb: 'do', number: 0 }, locals, log };
    locals.push(step.effect);
    log.push(`${step.name} done`);
  }
  const { completed } = definition.hooks;
  return { state: 'completed', locals: completed ? [...locals, completed] : locals, log };
}

function undoFrom(definition: SagaDefinition<Data>, index: number, log: string[]): Expected {
  const step = definition.steps.slice(0, index + 1).findLast((step) => step.kind === 'ask' && step.undo);
  if (step) return { state: 'undoing', asks: { step, verb: 'undo', number: 0 }, locals: [], log };
  const { rolledBack } = definition.hooks;
  const locals = rolledBack ? [rolledBack] : [];
  return { state: 'rolled_back', locals, log: [...log, `${definition.type} rolled back`] };
}

const pausesAt = ({ state }: SagaInstance, log: string[]): Expected => ({ state, pauses: true, log });

function asksAgain({ state, attempt }: SagaInstance, step: Step<Data>, log: string[]): Expected {
  return {
    state,
    asks: { step, verb: state === 'undoing' ? 'undo' : 'do', number: attempt },
    locals: [],
    log,
  };
}

/** What holds for a stored saga, whatever led to it. */
function brokenShape(after: SagaInstance): string | undefined {
  if (isEnded(after)) {
    if (after.dueInMs !== null) return 'an ended saga has a due date';
    if (after.ask !== null) return 'an ended saga has an open question';
    return after.stuck ? 'an ended saga is stuck' : undefined;
  }
  if (after.dueInMs === null || !(after.dueInMs > 0)) return 'a saga that has not ended has no due date';
  if (after.ask !== null && numberOf(after.ask) !== after.attempt)
    return 'the open question is not that of the attempt';
  return undefined;
}

function brokenOutcome(transition: Transition, wanted: Expected, effects: Effects<Data>): string | undefined {
  const { before, after, definition, input } = transition;
  if (after.state !== wanted.state)
    return `${nameOf(input)} made the saga ${after.state}, not ${wanted.state}`;
  return (
    brokenSends(wanted, effects, after, definition) ??
    (wanted.pauses ? brokenPause(before, after, effects, definition) : undefined) ??
    brokenLocals(wanted, effects, after) ??
    brokenLog(wanted, effects) ??
    brokenData(transition)
  );
}

function brokenSends(
  { asks }: Expected,
  { sends }: Effects<Data>,
  after: SagaInstance,
  definition: SagaDefinition<Data>,
): string | undefined {
  if (!asks)
    return sends.length > 0 || after.ask !== null
      ? `${sends[0]?.command.type ?? after.ask} is asked out of turn`
      : undefined;
  const { step, verb, number } = asks;
  const question = `"${step.name}" (${verb})`;
  const command = step.kind === 'ask' ? (verb === 'do' ? step.command : step.undo)?.type : undefined;
  if (definition.steps[indexOf(definition, after)] !== step)
    return `the saga is not at ${question}, whose turn it is`;
  if (sends.length !== 1) return `${sends.length} commands are sent for ${question}`;
  if (sends[0]!.command.type !== command) return `${sends[0]!.command.type} is sent for ${question}`;
  const ask = `${step.name}:${verb}:${number}`;
  if (sends[0]!.ask !== ask || after.ask !== ask)
    return `${question} is asked as ${sends[0]!.ask}, not ${ask}`;
  if (step.kind === 'ask' && after.dueInMs !== step.withinMs)
    return `${question} waits for another time than its own`;
  return undefined;
}

function brokenPause(
  before: SagaInstance,
  after: SagaInstance,
  effects: Effects<Data>,
  definition: SagaDefinition<Data>,
): string | undefined {
  if (after.attempt !== before.attempt + 1) return 'a failure does not count as an attempt';
  if (indexOf(definition, after) !== indexOf(definition, before)) return 'a failed step was left';
  if (after.dueInMs! > LONGEST_PAUSE_MS) return 'a pause is longer than an hour';
  const said = effects.log.filter(({ outcome }) => FAILURES.has(outcome));
  const word = before.state === 'undoing' ? 'undo failed' : 'failed';
  if (said.some(({ step, outcome }) => step !== after.step || (outcome !== 'stuck' && outcome !== word)))
    return `the timeline does not say "${after.step} ${word}" of a failure`;
  if (after.attempt === 1 && said.length === 0) return 'the timeline leaves out the first failure';
  const called = said.some(({ outcome }) => outcome === 'stuck');
  if (called !== (after.stuck && !before.stuck)) return 'people are called more than once, or not at all';
  if (after.stuck && !before.stuck && after.attempt < FEWEST_FAILURES_SEEN)
    return 'people are called too soon';
  if (!after.stuck && after.attempt > MOST_FAILURES_UNSEEN)
    return 'a step fails again and again and people are not called';
  const hook = called && definition.hooks.stuck ? [definition.hooks.stuck] : [];
  return sameFunctions(effects, hook)
    ? undefined
    : 'another local step than the one for stuck sagas ran at a failure';
}

function brokenLocals(
  { locals, pauses }: Expected,
  effects: Effects<Data>,
  after: SagaInstance,
): string | undefined {
  if (!pauses && !sameFunctions(effects, locals ?? [])) {
    const ran = effects.locals.map(({ effect }) => effect.name).join(', ') || 'nothing';
    const names = (locals ?? []).map(({ name }) => name).join(', ') || 'nothing';
    return `${ran} ran, where the definition says ${names}`;
  }
  const wrong = effects.locals.find(
    ({ view }) =>
      view.id !== after.id || view.data !== after.data || (!pauses && view.failure !== after.failure),
  );
  return wrong && `${wrong.effect.name} was given the saga of another moment`;
}

const sameFunctions = ({ locals }: Effects<Data>, wanted: readonly Local[]): boolean =>
  locals.length === wanted.length && locals.every(({ effect }, i) => effect === wanted[i]);

/** Failures of a step that is tried until it is done are not all noted; everything else is, word for word. */
const HAS_REASON = new Set([
  'refused',
  'timed out',
  'failed',
  'undo failed',
  'stuck',
  'cancelled',
  'given up',
]);
const FAILURES = new Set(['failed', 'undo failed', 'stuck']);

function brokenLog({ log, pauses }: Expected, effects: Effects<Data>): string | undefined {
  const words = effects.log
    .filter(({ outcome }) => !pauses || !FAILURES.has(outcome))
    .map(({ step, outcome }) => `${step} ${outcome}`);
  const bare = effects.log.find(({ outcome, detail }) => HAS_REASON.has(outcome) && !detail);
  if (bare) return `the timeline does not say why "${bare.step} ${bare.outcome}"`;
  if (JSON.stringify(words) === JSON.stringify(log)) return undefined;
  return `the timeline says "${words.join(', ')}" of what is "${log.join(', ')}"`;
}

function brokenData({ before, input, after }: Transition): string | undefined {
  const told =
    input.kind === 'reply' && input.outcome.ok && before.state === 'running' ? input.outcome.data : {};
  if (
    !(before.data === after.data && jsonOf(told) === '{}') &&
    JSON.stringify({ ...before.data, ...(told as object) }) !== JSON.stringify(after.data)
  )
    return 'the data is not what it was and what the answer told';
  if (after.state === 'running' && after.stuck && after.attempt === 0)
    return 'a saga that goes on is still stuck';
  if (after.state !== 'undoing' && after.state !== 'rolled_back') return undefined;
  if (before.state === 'undoing')
    return before.failure?.code === after.failure?.code ? undefined : 'the reason of the roll back changed';
  const reason =
    input.kind === 'cancel'
      ? input.failure.code
      : input.kind === 'reply' && !input.outcome.ok
        ? input.outcome.failure.code
        : undefined;
  return after.failure && (!reason || after.failure.code === reason)
    ? undefined
    : 'the reason of the roll back is lost';
}

export function nameOf(input: SagaInput): string {
  if (input.kind !== 'reply') return `"${input.kind}"`;
  return `the answer ${input.outcome.ok ? 'ok' : input.outcome.failure.code} of ${input.command} to ${input.ask}`;
}
