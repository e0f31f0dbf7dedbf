import { describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersAt } from '../checkout.ts';
import { type RunState, readState, runningState, statusOf, writeState } from './run-state.ts';

const state: RunState = {
  supervisor: { pid: 1, started: '1' },
  run: 'r1',
  phase: 'ready',
  topology: 'services',
  processes: [
    {
      name: 'orders',
      replica: 0,
      pid: 7,
      state: 'ready',
      port: null,
      managementPort: 9084,
      startedAt: 'then',
      restarts: 2,
    },
  ],
  infrastructure: [],
  gateway: 'http://127.0.0.1:8080',
  children: [{ pid: 7, started: '5', name: 'orders', stopSignal: 'SIGTERM', graceMs: 1, stage: 2 }],
  hints: [],
};

describe('the status', () => {
  it("has the contract's shape and nothing of the supervisor's own notes", () => {
    expect(statusOf(state, () => true)).toEqual({
      topology: 'services',
      processes: state.processes,
      infrastructure: [],
      gateway: 'http://127.0.0.1:8080',
    });
  });

  it('tells of a process that is gone, though nobody was there to write it down', () => {
    expect(statusOf(state, () => false).processes).toMatchObject([
      { name: 'orders', pid: null, state: 'stopped' },
    ]);
  });

  it('tells of a private server that is gone, and nothing of one that others run', () => {
    const server = {
      name: 'PostgreSQL',
      version: '18',
      source: 'private server, found',
      url: 'postgres://x',
    };
    const given = { ...server, name: 'RabbitMQ', source: 'given, RABBITMQ_URL is set' };
    const children = [{ ...state.children[0]!, name: 'postgres', state: 'ready' as const }];
    const told = { ...state, infrastructure: [server, given], children };
    expect(statusOf(told, () => true).infrastructure).toEqual([{ ...server, state: 'ready' }, given]);
    expect(statusOf(told, () => false).infrastructure).toEqual([{ ...server, state: 'stopped' }, given]);
  });

  it('is empty where nothing runs', () => {
    expect(statusOf(undefined).processes).toEqual([]);
  });
});

describe('the state on disk', () => {
  const newFolders = () => foldersAt(mkdtempSync(join(tmpdir(), 'caravan-state-')));

  it('of another checkout tells nothing, even where the whole folder was copied', () => {
    const folders = newFolders();
    writeState(folders, state);
    expect(readState(folders)).toEqual(state);
    const copy = newFolders();
    cpSync(folders.root, copy.root, { recursive: true });
    expect(readState(copy)).toBeUndefined();
  });

  it('tells of a running system as long as one of its processes lives', () => {
    const folders = newFolders();
    writeState(folders, state);
    expect(runningState(folders, ({ pid }) => pid === 7)).toEqual(state);
    expect(runningState(folders, () => false)).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{}', '{"supervisor":{"pid":1}}', '{"supervisor":{"pid":1},"children":3}'])(
    'that holds %j tells nothing',
    (text) => {
      const folders = newFolders();
      writeFileSync(join(folders.run, 'state.json'), text);
      expect(readState(folders)).toBeUndefined();
    },
  );
});
