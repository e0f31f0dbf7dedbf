import type { SpawnOptions } from 'node:child_process';

export interface Outcome {
  code: number;
  output: string;
}
export function endGroup(pid: number, signal?: NodeJS.Signals): void;
export function runOwned(
  command: string,
  args: readonly string[],
  options?: SpawnOptions & { signal?: AbortSignal },
): Promise<Outcome>;
