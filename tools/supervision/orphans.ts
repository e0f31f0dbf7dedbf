import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessIdentity, isAlive, processesWith, signal } from './process-identity.ts';
import type { RunState } from './run-state.ts';

async function ended(identities: ProcessIdentity[], withinMs: number): Promise<ProcessIdentity[]> {
  const deadline = performance.now() + withinMs;
  let left = identities.filter(isAlive);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(50);
    left = left.filter(isAlive);
  }
  return left;
}

/**
 * Stops what a supervisor that is gone has left behind, in its order; answers how many processes there were.
 * @param mark `NAME=value` in the environment of each of its processes, and of those that they started
 */
export async function stopOrphans(state: RunState | undefined, mark: string): Promise<number> {
  const recorded = (state?.children ?? []).filter(isAlive);
  let count = recorded.length;
  for (const stage of [...new Set(recorded.map((child) => child.stage))].sort((a, b) => a - b)) {
    const group = recorded.filter((child) => child.stage === stage);
    for (const child of group) signal(child, child.stopSignal);
    const left = await ended(group, Math.max(...group.map((child) => child.graceMs)));
    for (const child of left) signal(child, 'SIGKILL');
  }
  // What was started but not yet written down, and what the started ones started, carries our mark.
  const marked = processesWith(mark);
  count += marked.length;
  for (const child of marked) signal(child, 'SIGTERM');
  for (const child of await ended(marked, 5_000)) signal(child, 'SIGKILL');
  await ended(marked, 2_000);
  return count;
}
