import { spawn } from 'node:child_process';

/** Waits for the end of standard input. `done` dismisses it; an end without it means that the owner is gone. */
const WAIT = 'while read -r word; do [ "$word" = done ] && exit 0; done; exec "$@"';

/**
 * Runs a command as soon as this process is gone, whatever ended it (SIGKILL included): a shell in a session of its own
 * holds the other end of a pipe that only this process has.
 * @returns dismisses it
 */
export function whenGone(command, args, env = {}) {
  const guard = spawn('/bin/sh', ['-c', WAIT, 'sh', command, ...args], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.stdin.unref?.();
  guard.unref();
  return () => guard.stdin.end('done\n');
}

/** Ends a whole process group as soon as this process is gone. @returns dismisses it */
export const endGroupWhenGone = (pid) =>
  whenGone('/bin/sh', ['-c', 'kill -KILL "-$1"', 'sh', String(pid)]);
