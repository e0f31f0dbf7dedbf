export interface LockEntry {
  version?: string;
  optional?: boolean;
  devOptional?: boolean;
  link?: boolean;
}
export function matchesLockfile(
  wanted: Record<string, LockEntry>,
  installed: Record<string, LockEntry>,
): boolean;
export function installPackages(): Promise<void>;
