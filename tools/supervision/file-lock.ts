import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname } from 'node:path';
import { type ProcessIdentity, identify, identityOfFolder, isAlive } from './process-identity.ts';

/** Who holds it; undefined for a lock that is not there, is garbled, or came here with a copy of its folder. */
function holderOfLock(file: string): ProcessIdentity | undefined {
  try {
    const { pid, started, folder } = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity & {
      folder?: string;
    };
    if (!Number.isInteger(pid) || typeof started !== 'string') return undefined;
    if (folder !== undefined && folder !== identityOfFolder(dirname(file))) return undefined;
    return { pid, started };
  } catch {
    return undefined;
  }
}

/** Moves a dead process's lock away; if another had renewed it in between, gives it back. */
function removeStale(file: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    const moved = holderOfLock(aside);
    if (moved && isAlive(moved)) linkSync(aside, file);
  } catch {
    // Somebody else was faster; the next try sees the lock as it is.
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Takes the lock, or answers who has it. The lock of a process that is gone is free. */
export function tryLock(file: string): ProcessIdentity | 'taken by us' {
  const me = identify(process.pid);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...me, folder: identityOfFolder(dirname(file)) }));
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        return 'taken by us';
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = holderOfLock(file);
        if (holder && isAlive(holder)) return holder;
        removeStale(file);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

export function unlock(file: string): void {
  if (holderOfLock(file)?.pid === process.pid) rmSync(file, { force: true });
}

/** Runs `work` while nobody else holds the lock; `waiting` is told once if it must wait. */
export async function withLock<T>(
  file: string,
  waiting: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  for (;;) {
    const holder = tryLock(file);
    if (holder === 'taken by us') break;
    if (!told) waiting(holder.pid);
    told = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    unlock(file);
  }
}
