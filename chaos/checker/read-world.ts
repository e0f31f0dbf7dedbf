import { setTimeout as delay } from 'node:timers/promises';
import { check } from './checker.ts';
import type { Operation } from './operation.ts';
import { readBroker } from './read-broker.ts';
import { readDatabases, readIdleHolders, readLedger } from './read-databases.ts';
import { readHistories } from './read-histories.ts';
import { type Baseline, type Listed, readProcesses } from './read-processes.ts';
import type { Violation } from './violation.ts';
import type { Poison, Released, World } from './world.ts';

/** Where everything is; a `Stack` (tools/stack.ts) is one. */
export interface Site {
  readonly cardProcessorUrl: string;
  readonly folders: { readonly logs: string };
  readonly servers: {
    readonly postgres: { readonly url: string };
    /** None where all services are one process. */
    readonly rabbitmq?: { readonly url: string };
  };
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly processes: readonly Listed[];
}

/** What is known of the run from outside. */
export interface Known {
  readonly operations?: readonly Operation[];
  /** Everybody who bought anything did it through these operations. */
  readonly recordedByAll?: boolean;
  readonly poison?: readonly Poison[];
  readonly since?: Baseline;
  /** Definitions of other releases that ran in the system. */
  readonly released?: readonly Released[];
  /** Last words that belong to the fault, such as those of a heap that was made too small. */
  readonly mayEndWith?: RegExp;
}

/** Reads everything there is to be seen; what was said and moved only where the journal is open (journal.ts). */
export async function readWorld(site: Site, known: Known = {}): Promise<World> {
  const replicas: Record<string, number> = {};
  for (const { name } of site.processes) replicas[name] = (replicas[name] ?? 0) + 1;
  const [databases, histories, ledger, idleHolders, broker] = await Promise.all([
    readDatabases(site.databaseUrls),
    readHistories(site.databaseUrls.get('orders') ?? '', known.released),
    readLedger(site.cardProcessorUrl),
    readIdleHolders(site.servers.postgres.url, site.databaseUrls),
    site.servers.rabbitmq ? readBroker(site.servers.rabbitmq.url, replicas) : { queues: [], deadLetters: [] },
  ]);
  return {
    ...databases,
    ...broker,
    histories,
    ledger,
    idleHolders,
    processes: readProcesses(site.folders.logs, site.processes, known.since, known.mayEndWith),
    poison: known.poison ?? [],
    operations: known.operations ?? [],
    recordedByAll: known.recordedByAll ?? false,
  };
}

/**
 * Waits until no promise is broken, which takes as long as things are on their way.
 * @param withinMs how long they may be (the promises say 60 s after the last fault)
 * @param counts what is a violation here; everything unless told
 * @returns the violations that are left, and how long it took
 * @throws what reading failed with, when the time is over
 */
export async function settle(
  site: Site,
  known: Known = {},
  withinMs = 60_000,
  counts: (violation: Violation) => boolean = () => true,
): Promise<{ violations: Violation[]; tookMs: number; world: World }> {
  const start = performance.now();
  for (;;) {
    const outOfTime = () => performance.now() - start > withinMs;
    try {
      const world = await readWorld(site, known);
      const violations = check(world).filter(counts);
      if (violations.length === 0 || outOfTime())
        return { violations, tookMs: performance.now() - start, world };
    } catch (error) {
      // A server that is still coming back cannot be asked yet.
      if (outOfTime()) throw error;
    }
    await delay(Math.min(1_000, 100 + (performance.now() - start) / 10));
  }
}
