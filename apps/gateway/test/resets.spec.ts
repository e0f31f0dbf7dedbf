import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RESETS, resetConnection } from '../../../chaos/tools/resets.ts';
import { type Door, startDoor } from './door.ts';

let door: Door;

beforeAll(async () => {
  door = await startDoor({ RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_UNKNOWN_PATHS: '0' });
});
afterAll(() => door.stop());

/** An uncaught error of the gateway is one of this process: Jest fails the test with it. */
describe('a connection that is reset', () => {
  it.each(RESETS)('%s costs no other client anything', async (_state, bytes, moment) => {
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 20 }, () => resetConnection(door.port, bytes, moment)));
    }
    expect((await door.fetch('/')).status).toBe(200);
  });
});
