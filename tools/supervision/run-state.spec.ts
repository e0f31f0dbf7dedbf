import { describe, expect, it } from '@jest/globals';
import { type RunState, statusOf } from './run-state.ts';

const state: RunState = {
  supervisor: { pid: 1, started: '1' },
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

  it('is empty where nothing runs', () => {
    expect(statusOf(undefined).processes).toEqual([]);
  });
});
