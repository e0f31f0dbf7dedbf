import { join } from 'node:path';
import { whenGone } from './bootstrap/guard.mjs';
import { type Folders, checkout, hashOf, nodeBinary } from './checkout.ts';
import { stopCompose } from './infrastructure/compose.ts';
import type { Site } from './infrastructure/infrastructure.ts';
import { Secrets } from './secrets.ts';
import { tryLock, unlock } from './supervision/file-lock.ts';
import { stopOrphans } from './supervision/orphans.ts';
import { PortClaims } from './supervision/ports.ts';
import { RememberedPorts } from './supervision/remembered-ports.ts';
import { type RunState, readState, removeState } from './supervision/run-state.ts';
import { Supervisor } from './supervision/supervisor.ts';

/** Thrown when a system runs at this root already. */
export class AlreadyRunning extends Error {
  readonly pid: number;
  readonly running: RunState | undefined;

  constructor(pid: number, running: RunState | undefined) {
    super(`Caravan runs in this checkout already (supervisor pid ${pid})`);
    this.pid = pid;
    this.running = running;
  }
}

export interface SiteOptions {
  fresh: boolean;
  throwAway: boolean;
  vhosts: string[];
  say: (line: string) => void;
}

export const lockOf = (folders: Folders): string => join(folders.run, 'lock');

/** Stops what a killed supervisor left at this root and forgets it; answers how many processes there were. */
export async function cleanUp(folders: Folders): Promise<number> {
  const state = readState(folders);
  const count = await stopOrphans(state, `CARAVAN_STACK=${folders.root}`);
  if (state?.compose) await stopCompose(state.compose.project).catch(() => undefined);
  removeState(folders);
  return count;
}

/** Takes the root for this process alone, clean of what an earlier one left behind. */
export async function openSite(
  folders: Folders,
  options: SiteOptions,
): Promise<{ site: Site; supervisor: Supervisor; claims: PortClaims; close: () => Promise<void> }> {
  const holder = tryLock(lockOf(folders));
  if (holder !== 'taken by us') throw new AlreadyRunning(holder.pid, readState(folders));
  const { say } = options;
  const orphans = await cleanUp(folders);
  if (orphans > 0) say(`  an earlier run was killed: stopped the ${orphans} processes it left behind`);
  const supervisor = new Supervisor(folders, say);
  // Whatever ends this process, what it started ends after it.
  const dismissGuard = whenGone(nodeBinary, [
    '--disable-warning=ExperimentalWarning',
    join(checkout, 'tools/after-supervisor.ts'),
    folders.root,
    supervisor.id,
  ]);
  const claims = new PortClaims();
  const ports = new RememberedPorts(join(folders.root, 'ports.json'), hashOf(folders.root), claims);
  const site: Site = {
    folders,
    secrets: new Secrets(folders.secrets, say),
    ...options,
    run: (spec, stage) => supervisor.run(spec, stage),
    portFor: (name, another) => ports.get(name, another),
    useCompose: (project, service) => {
      supervisor.compose = { project, services: [...(supervisor.compose?.services ?? []), service] };
      supervisor.save();
    },
    aborted: supervisor.aborted,
  };
  const close = async (): Promise<void> => {
    await supervisor.stop();
    if (supervisor.compose) await stopCompose(supervisor.compose.project);
    // What a process had just started when it was stopped: a shell's children, say.
    await stopOrphans(undefined, `CARAVAN_RUN=${supervisor.id}`);
    dismissGuard();
    claims.close();
    removeState(folders);
    unlock(lockOf(folders));
  };
  return { site, supervisor, claims, close };
}
