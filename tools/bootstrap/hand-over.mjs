import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './checkout.mjs';
import { programEnvironment } from './environment.mjs';
import { whenNpmGone } from './npm-parent.mjs';

const TOGETHER_MS = 1_000;

/**
 * Runs the program with Node 24, in a session of its own, so that a Ctrl-C comes to it through us alone and
 * once (the terminal and npm both send it); waits for it however long it drains. If we are killed, it
 * sees its channel closed and stops by itself.
 */
export function handOver(script, args, env) {
  const node = join(checkout, 'node_modules/node/bin/node');
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(checkout, script), ...args], {
    cwd: checkout,
    detached: true,
    env: { ...programEnvironment(process.env), ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  let last = -TOGETHER_MS;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (performance.now() - last < TOGETHER_MS) return;
      last = performance.now();
      child.kill(name);
    });
  }
  whenNpmGone(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot run Node 24 (${node}): ${error.message}`)));
    child.once('exit', (code, name) => resolve(code ?? (name ? 130 : 1)));
  });
}
