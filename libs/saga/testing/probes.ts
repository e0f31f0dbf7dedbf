import type { SagaInput } from '../src/saga.machine.ts';
import { isEnded } from './position.ts';
import { Broken, type Surroundings } from './surroundings.ts';
import { transition } from './transition.ts';
import type { Outcome, World } from './world.ts';

const NO: Outcome = { ok: false, failure: { code: 'explorer.refused', message: 'No' } };
const YES: Outcome = { ok: true, data: {} };

/**
 * Inputs that a saga must leave alone or may take, at any moment: answers to every question that it ever asked, of every
 * participant, and what people and clocks may do too soon, too late or twice.
 * @returns the first that breaks a rule
 */
export function brokenByProbe(
  bounds: Surroundings,
  world: World,
  type: string,
): { label: string; broken: string } | undefined {
  const saga = world.sagas[type]!;
  for (const [label, input, dueInMs] of probes(bounds, world, type)) {
    try {
      transition(bounds, dueInMs === undefined ? saga : { ...saga, dueInMs }, input);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return { label, broken: error.message };
    }
  }
  return undefined;
}

function* probes(
  { replicas }: Surroundings,
  world: World,
  type: string,
): Generator<[label: string, input: SagaInput, dueInMs?: number]> {
  const { failure } = NO as Extract<Outcome, { ok: false }>;
  const saga = world.sagas[type]!;
  const commands = new Set(world.sent.filter((sent) => sent.saga === type).map((sent) => sent.type));
  for (const { asks } of world.sent.filter((sent) => sent.saga === type)) {
    for (const ask of asks) {
      for (const command of commands) {
        for (const outcome of [YES, NO])
          yield [
            `a late answer ${outcome.ok ? 'ok' : 'no'} of ${command} to ${ask} arrives`,
            { kind: 'reply', ask, command, outcome },
          ];
      }
    }
  }
  yield ['a clock fires too early', { kind: 'due' }];
  yield ['someone asks for a retry', { kind: 'retry' }];
  yield ['someone cancels', { kind: 'cancel', failure }];
  yield ['someone gives it up', { kind: 'give-up', failure }];
  yield ['someone starts it again', { kind: 'restart' }];
  if (!isEnded(saga) || replicas < 2) return;
  for (const kind of ['due', 'retry'] as const)
    yield [
      `another replica puts off the saga as it read it earlier, and its time comes (${kind})`,
      { kind },
      0,
    ];
}

export const probeKey = (world: World, type: string): string =>
  JSON.stringify([
    world.sagas[type],
    world.sent.filter((sent) => sent.saga === type).map(({ type, asks }) => [type, asks]),
  ]);
