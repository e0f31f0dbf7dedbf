import type { AnyDefinition } from '../src/saga.catalogue.ts';
import type { Effects, SagaInput, SagaInstance } from '../src/saga.machine.ts';
import { questionOf } from './position.ts';
import { Broken } from './surroundings.ts';
import { type Data, emptyRun, type Run, type World } from './world.ts';

export function runAfter(
  run: Run,
  { log, sends }: Effects<Data>,
  { type }: SagaInstance,
  input: SagaInput,
  moved: boolean,
): Run {
  const before = input.kind === 'restart' ? emptyRun : run;
  const named = (outcome: string) =>
    log.filter((entry) => entry.outcome === outcome && entry.step !== type).map(({ step }) => step);
  const asked = sends.map(({ ask }) => questionOf(ask)).filter((question) => question.endsWith(':do'));
  return {
    asked: [...new Set([...before.asked, ...asked.map((question) => question.slice(0, -':do'.length))])],
    done: [...before.done, ...named('done')],
    undone: [...before.undone, ...named('undone')],
    givenUp: before.givenUp || named('given up').length > 0,
    moved: before.moved || moved,
  };
}

/** What holds for the whole life of a saga, whatever its single transitions are. @throws Broken */
export function checkHistory(
  definition: AnyDefinition,
  after: SagaInstance,
  effects: Effects<Data>,
  { runs, sent }: World,
): void {
  const { asked, done, undone, givenUp, moved } = runs[after.type]!;
  for (const { step: name, outcome } of effects.log) {
    const step = definition.steps.find((step) => step.name === name);
    if (step?.kind !== 'ask' || (outcome !== 'done' && outcome !== 'undone')) continue;
    const command = outcome === 'done' ? step.command : step.undo;
    const did = sent.some((s) => s.saga === after.type && s.type === command?.type && s.did);
    if (!did) throw new Broken(`the timeline says "${name} ${outcome}", and ${command?.type} was never done`);
  }
  // The steps of another definition are not those of this one; what came of them is for the rules of the exploration.
  if (moved) return;
  if (after.state === 'completed' && !givenUp) {
    const names = definition.steps.map(({ name }) => name).join(', ');
    if (done.join(', ') !== names)
      throw new Broken(`${after.type} is completed with the steps ${done.join(', ')}, not ${names}`);
  }
  if (after.state === 'rolled_back') {
    const wanted = definition.steps.filter(
      (step) => step.kind === 'ask' && step.undo && asked.includes(step.name),
    );
    const names = wanted.map(({ name }) => name).toReversed();
    if (undone.join(', ') !== names.join(', '))
      throw new Broken(
        `${after.type} is rolled back with ${undone.join(', ') || 'nothing'} undone, not ${names.join(', ')}`,
      );
  }
}
