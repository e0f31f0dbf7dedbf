import { setTimeout as delay } from 'node:timers/promises';
import { foldersAt } from './checkout.ts';
import { commandLine } from './command-line.ts';
import { cleanUp, lockOf } from './open-site.ts';
import { tryLock, unlock } from './supervision/file-lock.ts';
import { isAlive, signal } from './supervision/process-identity.ts';

const PATIENCE_MS = 90_000;

/** Asks the supervisor to drain and stop; where it is gone, stops what it left behind. */
async function stop(): Promise<number> {
  const folders = foldersAt();
  const holder = tryLock(lockOf(folders));
  if (holder !== 'taken by us') {
    console.log(
      `Stopping Caravan (supervisor pid ${holder.pid}): the gateway first, then what is behind it.`,
    );
    signal(holder, 'SIGTERM');
    const deadline = performance.now() + PATIENCE_MS;
    while (isAlive(holder) && performance.now() < deadline) await delay(50);
    if (isAlive(holder)) {
      console.log(`It did not end within ${PATIENCE_MS / 1000} s: killing it and what it started.`);
      signal(holder, 'SIGKILL');
      while (isAlive(holder)) await delay(20);
    }
    await cleanUp(folders);
    console.log('Stopped. Nothing is left running.');
    return 0;
  }
  try {
    const orphans = await cleanUp(folders);
    console.log(
      orphans > 0
        ? `The supervisor was gone; stopped the ${orphans} processes it had left behind.`
        : 'Caravan does not run in this checkout.',
    );
    return 0;
  } finally {
    unlock(lockOf(folders));
  }
}

commandLine({
  call: 'npm stop',
  about: 'Drains and stops the system of this checkout, and what a killed one left behind.',
  flags: {},
});
process.exitCode = await stop();
