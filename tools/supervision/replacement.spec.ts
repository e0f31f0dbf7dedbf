import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { foldersAt } from '../checkout.ts';
import type { ManagedProcess, ProcessSpec } from './managed-process.ts';
import { nextFree } from './ports.ts';
import { answers } from './probes.ts';
import { replace } from './replacement.ts';
import { Supervisor } from './supervisor.ts';

/** Answers on the handed socket with its own words; on its own port with its health. Leaves when it has no more guests. */
const SERVER = `
  const { createServer } = require('node:http');
  const door = createServer((_request, response) => response.end(process.env.WORDS));
  const health = createServer((_request, response) => response.end());
  door.listen({ fd: 3 }, () => health.listen(Number(process.env.HEALTH), '127.0.0.1'));
  process.on('SIGTERM', () => door.close(() => process.exit(0)));`;

let supervisor: Supervisor;
let port: number;
let healthPorts: number[];

function specOf(words: string, health: number, script = SERVER): ProcessSpec {
  return {
    name: 'spec',
    replica: 0,
    command: process.execPath,
    args: ['-e', script],
    env: { WORDS: words, HEALTH: String(health) },
    logFile: join(supervisor.folders.logs, 'spec.log'),
    ready: () => answers(`http://127.0.0.1:${health}/`),
    graceMs: 5_000,
    port,
    managementPort: health,
    socket: 'kept',
  };
}

const words = async (): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return response.text();
};

async function killed(process: ManagedProcess): Promise<void> {
  const died = once(process, 'died');
  process.kill();
  await died;
}

/** What everybody heard who came while `work` was done. */
async function heardDuring(work: Promise<unknown>): Promise<Set<string>> {
  const heard = new Set<string>();
  let over = false;
  const end = (): void => void (over = true);
  work.then(end, end);
  while (!over) heard.add(await words());
  return heard;
}

describe('a replacement', () => {
  beforeEach(async () => {
    supervisor = new Supervisor(foldersAt(mkdtempSync(join(tmpdir(), 'caravan-'))), () => undefined);
    const taken = new Set<number>();
    port = await nextFree(26_000, taken);
    healthPorts = [await nextFree(26_000, taken), await nextFree(26_000, taken)];
    await supervisor.run(specOf('old', healthPorts[0]!), 0, true);
  });
  afterEach(() => supervisor.stop());

  it('is ready before the old one leaves: nobody who comes is refused', async () => {
    const old = supervisor.find('spec');
    const oldPid = old.identity?.pid;
    const spec = specOf('new', healthPorts[1]!);
    const work = replace(supervisor, old, { interim: spec, final: spec });
    expect(await heardDuring(work)).toContain('old');
    expect(await work).toMatchObject({ oldPid, newPid: supervisor.find('spec').identity?.pid });
    expect(await words()).toBe('new');
    expect(supervisor.processes).toHaveLength(1);
    expect(supervisor.status().processes).toMatchObject([
      { name: 'spec', state: 'ready', managementPort: healthPorts[1], restarts: 0 },
    ]);
  });

  it('that does not come up leaves the old one as it was', async () => {
    const old = supervisor.find('spec');
    const spec = specOf('new', healthPorts[1]!, 'process.exit(1)');
    await expect(replace(supervisor, old, { interim: spec, final: spec })).rejects.toThrow(
      'ended with exit code 1',
    );
    expect(supervisor.find('spec')).toBe(old);
    expect(supervisor.processes).toHaveLength(1);
    expect(await words()).toBe('old');
    // It is started again where it was.
    await killed(old);
    expect(await words()).toBe('old');
  });

  it('of one that must be alone comes after the old one is gone; who comes in between waits', async () => {
    const old = supervisor.find('spec');
    const work = replace(supervisor, old, { final: specOf('new', healthPorts[0]!) });
    const heard = await heardDuring(work);
    expect([...heard].at(-1)).toBe('new');
    expect(supervisor.processes).toHaveLength(1);
  });

  it('is started again at the same place when it dies', async () => {
    const spec = specOf('new', healthPorts[1]!);
    await replace(supervisor, supervisor.find('spec'), { interim: spec, final: spec });
    await killed(supervisor.find('spec'));
    expect(await words()).toBe('new');
    await supervisor.untilReady(supervisor.find('spec'));
    expect(supervisor.status().processes).toMatchObject([{ state: 'ready', restarts: 1 }]);
  });
});
