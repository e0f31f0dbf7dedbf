import { setTimeout as delay } from 'node:timers/promises';
import type { System } from './system.ts';

/** The broker drops whoever has said nothing for 10 s. */
const PULSE = { everyMs: 4_000, forMs: 100 };
const BREATH_MS = 500;

/** Halts these systems but for their heartbeats. @returns what lets them go on, and waits until they have drawn breath */
export function halt(systems: readonly System[]): () => Promise<void> {
  let over = false;
  const still = (): void => {
    if (!over) for (const system of systems) system.pause?.();
  };
  const wake = (): void => {
    for (const system of systems) system.resume?.();
  };
  still();
  const pulse = setInterval(() => {
    wake();
    setTimeout(still, PULSE.forMs);
  }, PULSE.everyMs);
  return async () => {
    over = true;
    clearInterval(pulse);
    wake();
    if (systems.length > 0) await delay(BREATH_MS);
  };
}
