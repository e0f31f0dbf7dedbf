import { spawn } from 'node:child_process';
import { endGroupWhenGone } from './guard.mjs';

const KEPT = 20_000;

/** Ends a process and all that it started in its group. */
export function endGroup(pid, signal = 'SIGKILL') {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing is left of it.
  }
}

/**
 * Runs a program in a process group of its own that ends with this process, whatever ends this one, and when `signal`
 * aborts. Answers its exit code and the last of what it printed.
 */
export function runOwned(command, args, { signal, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, detached: true });
    const { pid } = child;
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-KEPT));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const dismiss = pid === undefined ? () => undefined : endGroupWhenGone(pid);
    const abort = () => pid !== undefined && endGroup(pid);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const end = (outcome) => {
      signal?.removeEventListener('abort', abort);
      dismiss();
      resolve(outcome);
    };
    child.once('error', (error) => end({ code: 127, output: error.message }));
    child.once('exit', () => abort());
    child.once('close', (code) => end({ code: code ?? 1, output: output.trim() }));
  });
}
