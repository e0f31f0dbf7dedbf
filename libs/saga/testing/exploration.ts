import type { ReleasedDefinition } from '../src/definition.data.ts';
import type { AnyDefinition } from '../src/saga.catalogue.ts';
import type { DEEDS } from './deeds.ts';
import type { Deed } from './events.ts';
import type { Handler } from './participant.ts';
import type { Cell, Machine } from './surroundings.ts';
import type { World } from './world.ts';

export interface Exploration {
  /** By the type of the command or event: what the participant that receives it does. */
  readonly participants: Readonly<Record<string, Handler>>;
  /** What people do, at any moment: the names of usual deeds, or deeds of one's own by name. */
  readonly people?: readonly (keyof typeof DEEDS)[] | Readonly<Record<string, Deed>>;
  /** How often each question is asked again, one by one. Default 2. */
  readonly reasks?: number;
  /**
   * Processes that may hold the same saga. With more than one, the clock of an ended saga may fire: a replica that read it before its
   * end has put it off. Default 2.
   */
  readonly replicas?: number;
  /**
   * Definitions of earlier releases. They run beside the present release: any of them begins sagas and handles inputs, at any
   * moment, and leaves alone what runs under a definition that it does not know.
   */
  readonly deploys?: readonly (ReleasedDefinition | AnyDefinition)[];
  /** The state that the local steps change. */
  readonly own?: Cell<unknown>;
  /** What the first saga is begun with. */
  readonly data?: object;
  /** Participants' states at the beginning, where they are not the models' own. */
  readonly begin?: Readonly<Record<string, unknown>>;
  /** What must hold for no reachable world. */
  readonly never?: Readonly<Record<string, (world: World) => boolean>>;
  /** What can be reached from every reachable world. Default: all sagas have ended. */
  readonly eventually?: (world: World) => boolean;
  /** Worlds in which people know that they have to do something. Default: a saga is stuck. */
  readonly called?: (world: World) => boolean;
  /** Worlds that are looked at. Default 50,000. */
  readonly bound?: number;
  /** The state machine under test, if not the product's. */
  readonly machine?: Machine;
}

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** Everything within the bounds was looked at. */
  readonly complete: boolean;
  /** The longest of the shortest ways to a state. */
  readonly depth: number;
  readonly ms: number;
}
