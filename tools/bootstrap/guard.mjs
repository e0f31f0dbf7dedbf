import { spawn } from 'node:child_process';

/** Waits for the end of standard input. `done` dismisses it; an end without it means that the owner is gone. */
const WAIT =
  'while read -r word pid; do case "$word" in done) exit 0 ;; group) groups="$groups -$pid" ;; esac; done';

/** A shell in a session of its own that holds the other end of a pipe which only this process has. */
function guard(then, args = [], env = {}) {
  const shell = spawn('/bin/sh', ['-c', `${WAIT}; ${then}`, 'sh', ...args], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.stdin.unref?.();
  shell.unref();
  return shell.stdin;
}

/**
 * Runs a command as soon as this process is gone, whatever ended it (SIGKILL included).
 * @returns dismisses it
 */
export function whenGone(command, args, env) {
  const pipe = guard('exec "$@"', [command, ...args], env);
  return () => pipe.end('done\n');
}

/**
 * Ends process groups as soon as this process is gone. Made before they are, so that there is no moment in which a group
 * has no owner.
 */
export function guardGroups() {
  const pipe = guard('[ -z "$groups" ] || kill -KILL $groups');
  return {
    add: (pid) => void pipe.write(`group ${pid}\n`),
    dismiss: () => void pipe.end('done\n'),
  };
}
