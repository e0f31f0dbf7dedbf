import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@caravan/testing';
import type { FastifyServerOptions } from 'fastify';
import { serverOptions } from '../src/server.ts';
import { type Door, startDoor } from './door.ts';

const QUERY = '{"query":"{ me { id } }"}';
const HEAD = 'POST /web/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

/** The same bounds as in service, a tenth as long. */
const HASTY = {
  requestTimeout: 1_300,
  http: {
    ...(serverOptions as { http: object }).http,
    headersTimeout: 800,
    connectionsCheckingInterval: 100,
  },
};

async function withDoor(
  env: Record<string, string>,
  work: (door: Door) => Promise<void>,
  fastify: FastifyServerOptions = HASTY,
) {
  const door = await startDoor(env, fastify);
  try {
    await work(door);
  } finally {
    await door.stop();
  }
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/** Sends `text`, then `drip` again and again, until the other side closes. */
const untilClosed = (door: Door, text: string, drip?: string) =>
  new Promise<string>((resolve) => {
    let answer = '';
    let dripping: NodeJS.Timeout | undefined;
    const socket: Socket = connect(door.port, '127.0.0.1', () => {
      socket.write(text);
      // Not before the text: on a busy machine the connection may take longer than the first drop.
      dripping = setInterval(() => drip && socket.writable && socket.write(drip), 100);
    });
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(answer);
    });
  });

describe('a slow or idle client', () => {
  it('is waited for less than 10 s for its head and 15 s for its body, the next look included', () => {
    const { http, requestTimeout } = serverOptions as typeof HASTY;
    expect(http.headersTimeout + http.connectionsCheckingInterval).toBeLessThan(10_000);
    expect(requestTimeout + http.connectionsCheckingInterval).toBeLessThan(15_000);
    const { connectionTimeout } = serverOptions as { connectionTimeout: number };
    expect(requestTimeout + http.connectionsCheckingInterval).toBeLessThan(connectionTimeout);
  });

  it('is answered 408, and let go when it says nothing', () =>
    withDoor({}, async (door) => {
      const [head, body, continued, silent] = await Promise.all([
        untilClosed(door, 'POST /web/graphql HTTP/1.1\r\n', 'X-A: 1\r\n'),
        untilClosed(door, `${HEAD}Content-Length: 1000\r\n\r\n`, ' '),
        untilClosed(door, `${HEAD}Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n`),
        untilClosed(door, `${HEAD}Content-Length: 1000\r\n\r\n`),
        untilClosed(door, ''),
      ]);
      expect([statusOf(head), statusOf(body), statusOf(silent)]).toEqual([408, 408, 408]);
      expect(continued).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 408 /);
      expect(door.upstream.seen).toEqual([]);
    }));

  it('is let go when it stops reading, or leaves, and holds no place', () =>
    withDoor(
      { MAX_IN_FLIGHT: '2' },
      async (door) => {
        door.upstream.answerWith((_seen, response) => void response.end(Buffer.alloc(15_000_000, 'x')));
        const request = `${HEAD}Content-Length: ${QUERY.length}\r\n\r\n${QUERY}`;
        const ask = (text: string) => {
          const socket = connect(door.port, '127.0.0.1', () => socket.pause().write(text));
          return socket.on('error', () => undefined).pause();
        };
        const isOpen = (open: boolean) =>
          eventually(async () => expect((await door.fetch('/')).status).toBe(open ? 200 : 503));
        // The second of two on one connection waits for its turn, and has no place until then.
        const leavers = [ask(request + request), ask(request)];
        await eventually(() => expect(door.upstream.seen).toHaveLength(2));
        await isOpen(false);
        for (const leaver of leavers) leaver.destroy();
        await isOpen(true);
        const sleepers = [ask(request), ask(request)];
        await isOpen(false);
        await isOpen(true);
        for (const sleeper of sleepers) sleeper.destroy();
      },
      { connectionTimeout: 1_000 },
    ));

  it('cannot have all the sockets', () =>
    withDoor({ MAX_CONNECTIONS_PER_ADDRESS: '20' }, async (door) => {
      const sockets = Array.from({ length: 60 }, () =>
        connect(door.port, '127.0.0.1').on('error', () => undefined),
      );
      const closed = sockets.slice(20).map((socket) => new Promise((resolve) => socket.on('close', resolve)));
      await Promise.all(closed);
      expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(20);
      for (const socket of sockets) socket.destroy();
    }));
});
