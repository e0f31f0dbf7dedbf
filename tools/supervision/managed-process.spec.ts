import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../libs/testing/src/eventually.ts';
import { type Death, ManagedProcess, type ProcessSpec, type ProcessState } from './managed-process.ts';
import { PortClaims } from './ports.ts';
import { answers } from './probes.ts';
import { identify, signal } from './process-identity.ts';

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

/** Binds the port that PORT names, and says its name on it. */
const SERVER = `
  const server = require('node:http').createServer((_, response) =>
    response.setHeader('x-instance-id', process.env.INSTANCE_ID).end());
  server.listen(Number(process.env.PORT), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));`;

function serving(port: number, exchange?: ProcessSpec['exchange']): ProcessSpec {
  return {
    name: 'spec',
    replica: 0,
    command: process.execPath,
    args: ['-e', SERVER],
    env: { PORT: String(port) },
    logFile: join(mkdtempSync(join(tmpdir(), 'caravan-process-')), 'spec.log'),
    ready: (instance) => answers(`http://127.0.0.1:${port}/`, instance),
    graceMs: 5_000,
    managementPort: port,
    exchange,
  };
}

describe('a process whose port another one has bound first', () => {
  let foreigner: Server;
  let taken: number;
  const claims = new PortClaims();
  beforeEach(async () => {
    foreigner = createServer((_request, response) => response.end('ready')).listen(0, '127.0.0.1');
    await once(foreigner, 'listening');
    taken = (foreigner.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await process_.stop(AbortSignal.abort());
    foreigner.close();
    foreigner.closeAllConnections();
    claims.close();
  });

  it('is never ready by the answers of that one, and is started more and more seldom', async () => {
    process_ = new ManagedProcess(serving(taken));
    const states: ProcessState[] = [];
    process_.on('change', () => states.push(process_.state));
    process_.start();
    const waits: number[] = [];
    while (waits.length < 3) {
      const [death] = (await once(process_, 'died')) as [Death];
      expect(death.takenPort).toBe(taken);
      waits.push(death.againInMs);
    }
    expect(waits).toEqual([200, 400, 800]);
    expect(states).not.toContain('ready');
  });

  it('takes the next one instead', async () => {
    process_ = new ManagedProcess(serving(taken, async (port) => serving(await claims.nextFree(port + 1))));
    process_.start();
    await become(process_, 'ready');
    expect(process_.spec.managementPort).toBeGreaterThan(taken);
  });

  it('keeps its own when that is free again', async () => {
    process_ = new ManagedProcess(serving(taken, () => Promise.reject(new Error('not asked for'))));
    process_.once('died', () => foreigner.close());
    process_.start();
    await become(process_, 'ready');
    expect(process_.spec.managementPort).toBe(taken);
  });
});

it('what a process has left in its session is gone with it', async () => {
  process_ = started(`
    const { spawn } = require('node:child_process');
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    console.log(child.pid); console.log('up');
    process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)`);
  await become(process_, 'ready');
  const pid = Number(process_.logTail(2)[0]);
  expect(identify(pid)).toBeDefined();
  await process_.stop(new AbortController().signal);
  await eventually(() => expect(identify(pid)).toBeUndefined());
});

it('a process that is hung is replaced, and the reason is told', async () => {
  const claims = new PortClaims();
  const port = await claims.nextFree(28_000);
  const live = (instance: string) => answers(`http://127.0.0.1:${port}/`, instance);
  process_ = new ManagedProcess({ ...serving(port), live, hungAfterMs: 100 });
  process_.start();
  await become(process_, 'ready');
  const hung = process_.identity!;
  signal(hung, 'SIGSTOP');
  const [death] = (await once(process_, 'died')) as [Death];
  expect(death.how).toMatch(/^was hung: it did not answer \/health\/live for 0\.1 s \(.+\), and was killed$/);
  await become(process_, 'ready');
  expect(process_.identity?.pid).not.toBe(hung.pid);
  await process_.stop(AbortSignal.abort());
  claims.close();
});
