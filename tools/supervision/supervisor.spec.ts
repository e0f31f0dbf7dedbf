import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../libs/testing/src/eventually.ts';
import { type Folders, foldersAt } from '../checkout.ts';
import { type ProcessSpec, Refusal } from './managed-process.ts';
import { readState } from './run-state.ts';
import { Supervisor } from './supervisor.ts';

let folders: Folders;
let supervisor: Supervisor;
let said: string[];

beforeEach(() => {
  folders = foldersAt(mkdtempSync(join(tmpdir(), 'caravan-supervisor-')));
  said = [];
  supervisor = new Supervisor(folders, (line) => said.push(line));
});
afterEach(() => supervisor.stop());

const sleeper = (ready: ProcessSpec['ready'] = () => Promise.resolve(true)): ProcessSpec => ({
  name: 'spec',
  replica: 0,
  command: process.execPath,
  args: ['-e', "console.log('up'); setInterval(() => {}, 1000)"],
  env: {},
  logFile: join(folders.logs, 'spec.log'),
  ready,
  graceMs: 1_000,
});

describe('a supervisor', () => {
  it('watches on when its state cannot be written, says so once, and writes it when that works again', async () => {
    rmSync(folders.run, { recursive: true });
    writeFileSync(folders.run, '');
    const process = await supervisor.run(sleeper(), 0, true);
    process.kill();
    await once(process, 'died');
    expect(said.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    rmSync(folders.run);
    await eventually(() => expect(readState(folders)?.processes).toHaveLength(1));
  });

  it('starts processes whose folder of logs was deleted, and makes it again', async () => {
    rmSync(folders.logs, { recursive: true });
    const process = await supervisor.run(sleeper(), 0, true);
    await eventually(() => expect(readFileSync(process.spec.logFile, 'utf8')).toBe('up\n'));
  });

  it('starts processes that cannot have a log', async () => {
    rmSync(folders.logs, { recursive: true });
    writeFileSync(folders.logs, '');
    expect((await supervisor.run(sleeper(), 0, true)).state).toBe('ready');
  });

  it('ends a wait that is refused at once, with the reason', async () => {
    const refused = () => Promise.reject(new Refusal('the password is wrong: npm start -- --fresh'));
    await expect(supervisor.run(sleeper(refused), 0, true)).rejects.toThrow('the password is wrong');
  });
});

it('a supervisor outlives the reader of its output', async () => {
  const module = new URL('../interrupts.ts', import.meta.url).href;
  const script = `
    const { surviveAccidents } = await import(process.argv[1]);
    surviveAccidents(() => {});
    process.send('up');
    process.on('message', async () => {
      for (let n = 0; n < 100; n++) { console.log('x'.repeat(10_000)); await new Promise(setImmediate); }
      setTimeout(() => { throw Object.assign(new Error('no space left'), { code: 'ENOSPC' }); });
      setTimeout(() => process.send('alive'), 50);
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  child.stdout!.destroy();
  child.send('write');
  expect(await once(child, 'message')).toEqual(['alive', undefined]);
  child.kill('SIGKILL');
});
