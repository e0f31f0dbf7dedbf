import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManagedProcess, type ProcessState } from './managed-process.ts';

let process_: ManagedProcess;

function started(script: string, graceMs = 5_000): ManagedProcess {
  process_ = new ManagedProcess({
    name: 'spec',
    replica: 0,
    command: process.execPath,
    args: ['-e', script],
    env: {},
    logFile: join(mkdtempSync(join(tmpdir(), 'caravan-process-')), 'spec.log'),
    ready: () => Promise.resolve(process_.logTail(1).includes('up')),
    graceMs,
  });
  process_.start();
  return process_;
}

async function become(it: ManagedProcess, state: ProcessState): Promise<void> {
  while (it.state !== state) await once(it, 'change');
}

const longLife =
  "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up')";

describe('a managed process', () => {
  afterEach(() => process_.stop(AbortSignal.abort()));

  it('is ready when its probe says so, and ends by its stop signal', async () => {
    const it_ = started(longLife);
    await become(it_, 'ready');
    expect(it_.identity?.pid).toBeGreaterThan(1);
    expect(await it_.stop(new AbortController().signal)).toEqual({ killed: false });
    expect(it_.identity).toBeUndefined();
  });

  it('is started again when it is killed', async () => {
    const it_ = started(longLife);
    await become(it_, 'ready');
    const first = it_.identity?.pid;
    it_.kill();
    expect(it_.state).toBe('stopped');
    await become(it_, 'ready');
    expect(it_.restarts).toBe(1);
    expect(it_.identity?.pid).not.toBe(first);
  });

  it('is killed when it does not end within its grace', async () => {
    const it_ = started(
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')",
      100,
    );
    await become(it_, 'ready');
    expect(await it_.stop(new AbortController().signal)).toEqual({ killed: true });
  });

  it('tells how it died and what it printed last', async () => {
    const it_ = started("console.log('no such setting'); process.exit(3)");
    const [death] = await once(it_, 'died');
    expect(death).toMatchObject({
      how: 'ended with exit code 3',
      againInMs: 200,
      inARow: 1,
    });
    expect(it_.logTail(5)).toEqual(['no such setting']);
  });
});
