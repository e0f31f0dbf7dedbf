import { type Fault, mayTimeOut } from './fault.ts';
import { aroundFaults } from './faults/around.ts';
import { brokerFaults } from './faults/broker.ts';
import { alarmFaults } from './faults/broker-alarm.ts';
import { clockFaults } from './faults/clock.ts';
import { cardProcessorFaults } from './faults/card-processor.ts';
import { databaseFaults } from './faults/database.ts';
import { deployFaults } from './faults/deploys.ts';
import { messageFaults } from './faults/messages.ts';
import { killMatrix, pointFaults } from './faults/points.ts';
import { poisonFaults } from './faults/poison.ts';
import { processFaults } from './faults/process.ts';
import { raceFaults } from './faults/races.ts';
import { randomKills } from './faults/random-kills.ts';
import { resetFaults } from './faults/resets.ts';
import { versionFaults } from './faults/versions.ts';

/** Every fault, by the family it belongs to. */
export const FAMILIES: Readonly<Record<string, readonly Fault[]>> = {
  process: mayTimeOut(processFaults),
  'kill-matrix': mayTimeOut(killMatrix),
  points: mayTimeOut(pointFaults),
  messages: [...messageFaults, ...mayTimeOut(poisonFaults)],
  broker: mayTimeOut([...brokerFaults, ...alarmFaults]),
  database: mayTimeOut(databaseFaults),
  'card-processor': mayTimeOut(cardProcessorFaults),
  around: [...aroundFaults, ...clockFaults, ...resetFaults],
  races: raceFaults,
  versions: versionFaults,
  deploys: deployFaults,
  storm: mayTimeOut([randomKills]),
};

export const FAULTS: readonly Fault[] = Object.values(FAMILIES).flat();

/** A fault by its name, or all of a family. @throws Error in words for the person at the terminal */
export function faultsNamed(name: string): readonly Fault[] {
  const found = FAMILIES[name] ?? FAULTS.filter((fault) => fault.name === name);
  if (found.length > 0) return found;
  throw new Error(`there is no fault "${name}"; npm run chaos -- list shows those that there are`);
}

/** The same faults, those that need the same system one after the other. */
export function grouped(faults: readonly Fault[]): Fault[] {
  const bySetup = Map.groupBy(faults, ({ setup }) => JSON.stringify(setup ?? {}));
  return [...bySetup.values()].flat();
}
