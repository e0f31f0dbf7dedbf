import type { Rejected, Violation } from './checker/violation.ts';
import type { Ground } from './ground.ts';
import type { LoadOptions } from './load/load.ts';
import type { Release } from './releases/release.ts';
import type { World } from './world.ts';

/** How the system has to be started for a fault. */
export interface Setup {
  /** By service; at least as many as the command line asks for. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** Straight to the servers, without the proxies in between. */
  readonly direct?: boolean;
  /** Orders begin with this release, on an empty database. */
  readonly release?: Release;
  /** Further environment by process name. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Something that a checkout needs did not answer in time, whatever the order was about. */
export const timedOut = ({ reason }: Rejected): boolean => reason === 'saga.timed-out';

/** Faults that take away something that every checkout needs. What a fault says by itself counts. */
export const mayTimeOut = (faults: readonly Fault[]): Fault[] =>
  faults.map((fault) => ({ explains: timedOut, ...fault }));

/** Something that goes wrong, under load, and what must hold afterwards. */
export interface Fault {
  readonly name: string;
  readonly title: string;
  /** Why it cannot be made on this machine; undefined when it can. */
  readonly needs?: (ground: Ground) => string | undefined;
  readonly setup?: Setup;
  /** What is different from the load of every fault; `none`: the fault brings its own customers. */
  readonly load?: Partial<LoadOptions> | 'none';
  /** How long it may take, in milliseconds, if longer than most. */
  readonly longestMs?: number;
  /** Within which all is final after it, in milliseconds, where the promised minute cannot hold; the docs say why. */
  readonly finalWithinMs?: number;
  /** What this fault itself breaks for good; the docs say why. */
  readonly forgives?: (violation: Violation) => boolean;
  /** Which rejections of orders it explains, besides those that have a reason of their own (I13). None unless told. */
  readonly explains?: (rejected: Rejected) => boolean;
  /** What takes long and must be there before the load begins. */
  prepare?(world: World): Promise<void>;
  /** Makes it go wrong and ends it. Called when the load is under way. */
  run(world: World): Promise<void>;
  /** What must hold besides the invariants when all is quiet. @returns what does not, in words */
  verify?(world: World): Promise<string[]>;
}
