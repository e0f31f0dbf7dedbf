import type { SagaDefinition } from '../src/saga.definition.ts';
import type { SagaInstance } from '../src/saga.machine.ts';

export const isEnded = ({ state }: Pick<SagaInstance, 'state'>): boolean =>
  state === 'completed' || state === 'rolled_back';

/** The index of the step that the saga is at, in its definition; -1 when there is none. */
export function indexOf<D>({ steps }: SagaDefinition<D>, { step }: Pick<SagaInstance, 'step'>): number {
  return steps.findIndex(({ name }) => name === step);
}

/** At or behind the first step that cannot be undone. Said here once more: the machine's own notion is under test. */
export function isBehindPivot<D>({ steps }: SagaDefinition<D>, index: number): boolean {
  const pivot = steps.findIndex((step) => step.kind === 'local' || step.untilDone);
  return pivot >= 0 && index >= pivot;
}

/** `<step>:do` of a question such as `<step>:do:3`. */
export const questionOf = (ask: string): string => ask.slice(0, ask.lastIndexOf(':'));
export const numberOf = (ask: string): number => Number(ask.slice(ask.lastIndexOf(':') + 1));
