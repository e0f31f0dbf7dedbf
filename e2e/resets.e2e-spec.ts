import { describe, expect, it } from '@jest/globals';
import { RESETS, resetConnection } from '../chaos/tools/resets.ts';
import { guest } from './client.ts';
import { theSystem } from './system.ts';

const listening = theSystem().processes.flatMap(({ name, pid, port, managementPort }) =>
  [port, managementPort].filter((each) => each !== null).map((each) => [name, each, pid!] as const),
);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('Connections that are reset in any state of a request', () => {
  it.each(listening)('leave %s alive (port %d, pid %d)', async (_name, port, pid) => {
    for (const [, bytes, moment] of RESETS) {
      await Promise.all(Array.from({ length: 5 }, () => resetConnection(port, bytes, moment)));
    }
    expect(isAlive(pid)).toBe(true);
  });

  it('leave the shop open', async () => {
    expect((await guest().get('/')).status).toBe(200);
  });
});
