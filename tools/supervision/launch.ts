import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcessSpec } from './managed-process.ts';

/** Opens a log to append to; a log that cannot be opened (full disk, no handles left) does not keep its process from running. */
function openLog(file: string): number | 'ignore' {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'a');
  } catch {
    return 'ignore';
  }
}

/** Starts the process in a session of its own. @param socket a listening socket to hand over as LISTEN_FD */
export function launch(spec: ProcessSpec, further: Record<string, string>, socket?: number): ChildProcess {
  const log = openLog(spec.logFile);
  try {
    return spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env, ...further, ...(socket === undefined ? {} : { LISTEN_FD: '3' }) },
      uid: spec.uid,
      gid: spec.gid,
      detached: true,
      stdio: ['ignore', log, log, ...(socket === undefined ? [] : [socket])],
    });
  } finally {
    if (log !== 'ignore') closeSync(log);
  }
}

/** Ends what a process that is gone has left in its session: a shell's children, say. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}
