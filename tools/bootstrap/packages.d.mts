export interface LockEntry {
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  dev?: boolean;
  link?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
  libc?: readonly string[];
}
export function runNpm(cwd: string): Promise<{ code: number; output: string }>;
export function installPackages(): Promise<void>;
