import type { Fault } from './fault.ts';
import { brokerFaults } from './faults/broker.ts';
import { databaseFaults } from './faults/database.ts';
import { processFaults } from './faults/process.ts';

/** Every fault, by the family it belongs to. */
export const FAMILIES: Readonly<Record<string, readonly Fault[]>> = {
  process: processFaults,
  broker: brokerFaults,
  database: databaseFaults,
};

export const FAULTS: readonly Fault[] = Object.values(FAMILIES).flat();

/** A fault by its name, or all of a family. @throws Error in words for the person at the terminal */
export function faultsNamed(name: string): readonly Fault[] {
  const found = FAMILIES[name] ?? FAULTS.filter((fault) => fault.name === name);
  if (found.length > 0) return found;
  throw new Error(`there is no fault "${name}"; npm run chaos -- list shows those that there are`);
}
