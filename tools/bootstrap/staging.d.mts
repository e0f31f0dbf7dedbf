import type { LockEntry } from './packages.mjs';

export interface Lockfile {
  packages: Record<string, LockEntry>;
}
export function withPlaces(lockfile: Lockfile): Lockfile;
export function installAside(install: (folder: string) => Promise<boolean>): Promise<boolean>;
