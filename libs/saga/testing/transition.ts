import type { AnyDefinition, SagaCatalogue } from '../src/saga.catalogue.ts';
import { type Effects, newSaga, type SagaInput, type SagaInstance } from '../src/saga.machine.ts';
import { indexOf, isEnded } from './position.ts';
import { brokenRule } from './rules.ts';
import { Broken, type Surroundings } from './surroundings.ts';
import type { Data } from './world.ts';

/**
 * One call of the state machine on a copy, checked; the release moves the saga first if one of its rules says so.
 * @throws Broken
 */
export function transition(
  around: Pick<Surroundings, 'builds' | 'machine'>,
  saga: SagaInstance,
  input: SagaInput,
  build: SagaCatalogue = around.builds[0]!,
): { after: SagaInstance; effects: Effects<Data> | undefined; moved: boolean } {
  const before = { ...saga };
  const moved = said('a rule of moving throws', () => build.move(before));
  const definition = definitionOf(around, before);
  const after = { ...before };
  const effects = said(`the state machine throws at "${input.kind}"`, () =>
    around.machine(definition, after, input),
  ) as Effects<Data> | undefined;
  const broken = brokenRule({ definition, before, input, effects, after });
  if (broken) throw new Broken(broken);
  return { after, effects, moved };
}

function said<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Broken(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

/** The definition that a saga runs under, of whichever release knows it. */
export function definitionOf(
  { builds }: Pick<Surroundings, 'builds'>,
  { definition }: SagaInstance,
): AnyDefinition {
  for (const build of builds) {
    const found = build.find(definition);
    if (found) return found;
  }
  throw new Error(`No release knows the definition ${definition}`);
}

/** A saga before its first input; its data cannot be changed in place. */
export const frozenSaga = (definition: AnyDefinition, id: string, data: Data): SagaInstance =>
  newSaga<object>(definition, { id, traceparent: '', data: Object.freeze({ ...data }) });

/** What the saga waits for is the answer to this. */
export function currentQuestion(definition: AnyDefinition, saga: SagaInstance): string | undefined {
  const step = definition.steps[indexOf(definition, saga)];
  if (isEnded(saga) || step?.kind !== 'ask') return undefined;
  return `${step.name}:${saga.state === 'undoing' ? 'undo' : 'do'}`;
}
