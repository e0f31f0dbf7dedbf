import type { ChildProcess, SpawnOptions } from 'node:child_process';

export interface Outcome {
  code: number;
  output: string;
}
export function endGroup(pid: number, signal?: NodeJS.Signals): void;
export function spawnOwned(
  command: string,
  args: readonly string[],
  options?: Omit<SpawnOptions, 'stdio'> & { stdio?: ('ignore' | 'pipe' | 'inherit')[] },
): ChildProcess;
export function runOwned(
  command: string,
  args: readonly string[],
  options?: Omit<SpawnOptions, 'stdio'> & { stdio?: ('ignore' | 'pipe' | 'inherit')[]; signal?: AbortSignal },
): Promise<Outcome>;
