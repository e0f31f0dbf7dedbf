import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedProcess, ProcessSpec } from './managed-process.ts';
import type { Supervisor } from './supervisor.ts';

/** What comes after a process. */
export interface Succession {
  /**
   * While the old one is there: with a management port of its own. Without it there are never two at a time: the old one
   * goes before the new one comes, and who connects in between waits at the port.
   */
  interim?: ProcessSpec;
  /** From when the old one is gone. */
  final: ProcessSpec;
}

export interface Replaced {
  oldPid: number | undefined;
  newPid: number | undefined;
  /** From its start until it was ready. */
  readyAfterMs: number;
  /** From the stop signal until the old one was gone. */
  leftAfterMs: number;
}

const MOVE_MS = 10_000;

/**
 * Puts a new process in the place of one that runs. The new one is ready before the old one is told to leave, so that
 * there is always one to take what comes; both listen on the same socket.
 * @throws when the new one does not become ready; then the old one has not been touched (unless there must not be two)
 */
export async function replace(
  supervisor: Supervisor,
  old: ManagedProcess,
  { interim, final }: Succession,
): Promise<Replaced> {
  const { stage } = supervisor.entryOf(old);
  const successor = supervisor.add(interim ?? final, stage, false);
  successor.restarts = old.restarts;
  successor.borrowSocket(old);
  const oldPid = old.identity?.pid;
  const begin = async (): Promise<number> => {
    const began = performance.now();
    successor.start();
    await supervisor.untilReady(successor);
    return performance.now() - began;
  };
  const leave = async (): Promise<number> => {
    const began = performance.now();
    supervisor.promote(successor, old);
    successor.takeSocket(old);
    await supervisor.dismiss(old);
    return performance.now() - began;
  };
  let readyAfterMs: number;
  let leftAfterMs: number;
  if (interim === undefined) {
    leftAfterMs = await leave();
    readyAfterMs = await begin();
  } else {
    try {
      readyAfterMs = await begin();
    } catch (error) {
      await supervisor.dismiss(successor, AbortSignal.abort());
      throw error;
    }
    leftAfterMs = await leave();
    await moveIn(successor, final);
  }
  supervisor.save();
  return { oldPid, newPid: successor.identity?.pid, readyAfterMs, leftAfterMs };
}

/** The successor comes to the port of the old one by itself; the status says so when it is there. */
async function moveIn(successor: ManagedProcess, final: ProcessSpec): Promise<void> {
  const deadline = performance.now() + MOVE_MS;
  while (performance.now() < deadline) {
    if (await final.ready(successor.instance).catch(() => false)) break;
    await delay(50);
  }
  successor.spec = final;
}
