import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../libs/testing/src/eventually.ts';
import { identify } from '../supervision/process-identity.ts';
import { runOwned } from './owned.mjs';

/** A shell whose child outlives it unless the group is ended; it names both, and ignores what a person sends. */
const FAMILY = 'trap "" INT TERM HUP; sleep 600 & echo "$$ $!"; wait';

const OWNER = `
  const { runOwned } = await import(process.argv[1]);
  const options = { stdio: ['ignore', 'inherit', 'inherit'] };
  await runOwned('/bin/sh', ['-c', process.argv[2]], options);`;

async function owner(): Promise<{ process: ChildProcess; family: number[] }> {
  const module = new URL('./owned.mjs', import.meta.url).href;
  const process_ = spawn(process.execPath, ['--input-type=module', '-e', OWNER, module, FAMILY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(process_.stdout), 'line')) as [string];
  return { process: process_, family: line.split(' ').map(Number) };
}

const allGone = (pids: readonly number[]) =>
  eventually(() => expect(pids.filter((pid) => identify(pid))).toEqual([]));

describe('work that a command began', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends with the command: %s',
    async (signal) => {
      const { process: process_, family } = await owner();
      expect(family.map((pid) => identify(pid)?.pid)).toEqual(family);
      process_.kill(signal);
      await allGone(family);
    },
  );

  it('ends when it is aborted, with all that it started', async () => {
    const stop = new AbortController();
    const work = runOwned('/bin/sh', ['-c', FAMILY], { signal: stop.signal });
    stop.abort();
    expect((await work).code).not.toBe(0);
  });

  it('leaves nothing behind when it ends by itself', async () => {
    const { output } = await runOwned('/bin/sh', ['-c', 'sleep 600 >/dev/null 2>&1 & echo $!']);
    await allGone([Number(output)]);
  });
});
