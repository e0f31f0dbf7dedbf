export interface LockEntry {
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  devOptional?: boolean;
  link?: boolean;
}
export function matchesLockfile(
  wanted: Record<string, LockEntry>,
  installed: Record<string, LockEntry>,
): boolean;
export function runNpm(cwd: string): Promise<{ code: number; output: string }>;
export function installPackages(): Promise<void>;
