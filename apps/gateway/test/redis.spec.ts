import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@caravan/testing';
import { type Door, startDoor } from './door.ts';

const program = (() => {
  try {
    return execFileSync('sh', ['-c', 'command -v redis-server'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
})();

/** Needs a redis-server on the machine; the limiter works without one, which limits.spec.ts shows. */
(program ? describe : describe.skip)('limits over Redis', () => {
  let redis: ChildProcess;
  let doors: Door[];

  beforeAll(async () => {
    const port = await freePort();
    redis = spawn(program!, [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ]);
    await eventually(() => once(connect(port, '127.0.0.1'), 'connect').then(([socket]) => socket?.destroy()));
    const env = {
      REDIS_URL: `redis://127.0.0.1:${port}`,
      RATE_LIMIT_AUTH: '20',
      RATE_LIMIT_PER_ADDRESS: '100',
      TRUST_PROXY_HOPS: '1',
    };
    doors = await Promise.all([startDoor(env), startDoor(env)]);
  });
  afterAll(async () => {
    redis.kill('SIGCONT');
    await Promise.all(doors.map((door) => door.stop()));
    redis.kill();
    await once(redis, 'exit');
  });

  const tries = (door: Door, count: number, client: string) =>
    Promise.all(
      Array.from({ length: count }, () =>
        door.post('/v1/auth/refresh', { refreshToken: 'r' }, { 'x-forwarded-for': client }),
      ),
    );
  const passed = (answers: Response[]) => answers.filter(({ status }) => status !== 429).length;

  it('are one for all gateways', async () => {
    let client = 0;
    // A round in which Redis answers late is counted by each gateway alone, as it should be: then another client tries.
    await eventually(async () => {
      const address = `10.0.0.${++client % 250}`;
      const answers = await Promise.all(doors.map((door) => tries(door, 30, address)));
      expect(passed(answers.flat())).toBe(20);
    });
  });

  it('do not make anybody wait while Redis hangs', async () => {
    redis.kill('SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 20 }, () => doors[0]!.fetch('/')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
