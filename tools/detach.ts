import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, foldersAt } from './checkout.ts';
import { onInterrupt } from './interrupts.ts';
import { rotate } from './supervision/log-file.ts';

type Message = { line: string } | { ready: true } | { exitCode: number };

const MARK = 'CARAVAN_DETACHED';

const send = (message: Message): void => {
  if (process.connected) process.send?.(message);
};

/** The daemon's side: what it says goes to its log, and to the terminal for as long as that listens. */
export const detached = {
  isChild: process.env[MARK] === '1',
  say(line: string): void {
    console.log(line.replaceAll(/^(?=.)/gm, `${new Date().toISOString()} `));
    send({ line });
  },
  ready(): void {
    if (process.env[MARK] !== '1') return;
    send({ ready: true });
  },
  finish(exitCode: number): number {
    if (process.env[MARK] === '1') send({ exitCode });
    return exitCode;
  },
};

/** Starts a supervisor that outlives the terminal; answers the exit code once it is ready or has failed. */
export function startDetached(args: string[]): Promise<number> {
  const log = join(foldersAt().logs, 'supervisor.log');
  rotate(log);
  const out = openSync(log, 'a');
  const child = spawn(process.execPath, [join(checkout, 'tools/start.ts'), ...args], {
    cwd: checkout,
    detached: true,
    env: { ...process.env, [MARK]: '1' },
    stdio: ['ignore', out, out, 'ipc'],
  });
  onInterrupt(() => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.on('message', (message: Message) => {
      if ('line' in message) console.log(message.line);
      if ('exitCode' in message) resolve(message.exitCode);
      if (!('ready' in message)) return;
      console.log(`Runs in the background; its log: ${log}`);
      child.disconnect();
      child.unref();
      resolve(0);
    });
  });
}
