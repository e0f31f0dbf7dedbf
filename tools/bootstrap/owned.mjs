import { spawn } from 'node:child_process';
import { guardGroups } from './guard.mjs';

const KEPT = 20_000;

/** Ends a process and all that it started in its group. */
export function endGroup(pid, signal = 'SIGKILL') {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing is left of it.
  }
}

/** Waits for leave on descriptor 3, which is given when the guard knows the group; without it nothing is begun. */
const ON_LEAVE = 'read -r leave <&3 || exit 1; exec 3<&-; exec "$@"';

/** Starts a program in a process group of its own that ends with this process, whatever ends this one. */
export function spawnOwned(command, args, { stdio = ['ignore', 'pipe', 'pipe'], ...options } = {}) {
  const guard = guardGroups();
  const child = spawn('/bin/sh', ['-c', ON_LEAVE, 'sh', command, ...args], {
    ...options,
    stdio: [...stdio, 'pipe'],
    detached: true,
  });
  child.once('error', () => guard.dismiss());
  child.once('exit', () => {
    endGroup(child.pid);
    guard.dismiss();
  });
  const leave = child.stdio[3];
  leave?.on('error', () => undefined);
  if (child.pid !== undefined) {
    guard.add(child.pid);
    leave.end('go\n');
  }
  return child;
}

/**
 * Runs a program in a process group of its own that ends with this process, whatever ends this one, and when `signal`
 * aborts. Answers its exit code and the last of what it printed.
 */
export function runOwned(command, args, { signal, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawnOwned(command, args, options);
    const { pid } = child;
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-KEPT));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const abort = () => pid !== undefined && endGroup(pid);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const end = (outcome) => {
      signal?.removeEventListener('abort', abort);
      resolve(outcome);
    };
    child.once('error', (error) => end({ code: 127, output: error.message }));
    child.once('close', (code) => end({ code: code ?? 1, output: output.trim() }));
  });
}
