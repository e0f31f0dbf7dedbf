import type { LockEntry } from './packages.mjs';

export interface Platform {
  os: string;
  cpu: string;
  libc: string | undefined;
}
export function thisMachine(): Platform;
export function isNeeded(path: string, entry: LockEntry, machine?: Platform): boolean;
export function whatIsMissing(
  root: string,
  packages: Record<string, LockEntry>,
  without?: readonly string[],
  machine?: Platform,
): string[];
