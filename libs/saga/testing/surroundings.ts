import type { SagaCatalogue } from '../src/saga.catalogue.ts';
import type { advance } from '../src/saga.machine.ts';

export type Machine = typeof advance;

/** A rule of all sagas, or one of the exploration, does not hold. */
export class Broken extends Error {}

/** The release that handles the event does not know the saga's definition: it does nothing, and another one will. */
export class Foreign extends Error {}

/** Where the local steps of the service keep its state: they change it, the explorer puts another world's in its place. */
export interface Cell<Own> {
  /** Plain JSON. Replaced, never changed in place: worlds share it. */
  value: Own;
}

export interface Surroundings {
  /** The releases that may run, the present one first. Each knows its own definitions and those of before. */
  readonly builds: readonly SagaCatalogue[];
  readonly replicas: number;
  /** A saga that has begun goes on in the same way whatever release handles it. */
  readonly alike: boolean;
  readonly machine: Machine;
  readonly own: Cell<unknown> | undefined;
}

/** The data that sagas of the explorer have unless they are begun with other. */
export const ID = '00000000-0000-4000-8000-000000000001';
