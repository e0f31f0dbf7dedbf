import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@caravan/testing';
import { type Door, startDoor } from './door.ts';

const QUERY = '{"query":"{ me { id } }"}';
const HEAD = 'POST /web/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
const whole = (more = '', body = QUERY) => `${HEAD}${more}Content-Length: ${body.length}\r\n\r\n${body}`;

/** A gateway with small bounds; what the test opened is closed with it. */
class Street {
  private readonly sockets: Socket[] = [];

  constructor(readonly door: Door) {}

  /** A client at 127.0.0.N that sends bytes and reads nothing of the answer unless told to. */
  send(n: number, bytes: string, reading = true): Socket {
    const socket = connect({ port: this.door.port, host: '127.0.0.1', localAddress: `127.0.0.${n}` });
    socket.on('error', () => undefined).write(bytes);
    if (reading) socket.resume();
    else socket.pause();
    this.sockets.push(socket);
    return socket;
  }

  /** The status that the client at 127.0.0.N gets; 0 when the connection ends without one. */
  ask(n: number, headers: Record<string, string> = {}, body = QUERY): Promise<number> {
    return new Promise((resolve) => {
      const { port } = this.door;
      const all = { 'content-type': 'application/json', ...headers };
      const options = { port, path: '/web/graphql', method: 'POST', agent: false, headers: all };
      httpRequest({ host: '127.0.0.1', localAddress: `127.0.0.${n}`, ...options }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode!));
      })
        .on('error', () => resolve(0))
        .end(body);
    });
  }

  /** From now on the BFF keeps its answers back, but for requests that say `quick`. */
  slow(): { waiting: () => number } {
    const waiting: (() => void)[] = [];
    this.door.upstream.answerWith(({ body }, response) => {
      if (body.includes('quick')) response.end('{}');
      else waiting.push(() => void response.end('{}'));
    });
    return { waiting: () => waiting.length };
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

const QUICK = '{"query":"{ quick }"}';

async function street(env: Record<string, string>, work: (street: Street) => Promise<void>) {
  const door = await startDoor({ RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_CUSTOMER: '0', ...env });
  const it = new Street(door);
  try {
    await work(it);
  } finally {
    it.close();
    await door.stop();
  }
}

const times = (count: number, work: (n: number) => unknown) =>
  void Array.from({ length: count }, (_, n) => work(n));

describe('A modest client beside greedy ones is served', () => {
  it('while they send their bodies slowly', () =>
    street({ MAX_IN_FLIGHT: '20' }, async (street) => {
      for (const n of [2, 3]) times(40, () => street.send(n, `${HEAD}Content-Length: 100\r\n\r\n{`));
      for (let n = 0; n < 20; n++) expect(await street.ask(4)).toBe(200);
      expect(await street.ask(2)).toBe(200);
    }));

  it('while they announce large bodies', () =>
    street({ MAX_BODY_BYTES: '1000000' }, async (street) => {
      const large = 'x'.repeat(200_000);
      for (const n of [2, 3, 5, 6]) {
        times(20, () => street.send(n, `${HEAD}Content-Length: 250000\r\n\r\n${large}`));
        times(20, () => street.send(n, `${HEAD}Transfer-Encoding: chunked\r\n\r\n10\r\n`));
      }
      for (let n = 0; n < 20; n++) expect(await street.ask(4)).toBe(200);
    }));

  it.each([2, 5, 12])('while %d of them have as many slow requests as they can', (greedy) =>
    street({ MAX_IN_FLIGHT: '100' }, async (street) => {
      const { waiting } = street.slow();
      for (let n = 0; n < greedy; n++) times(40, () => street.send(20 + n, whole()));
      await eventually(() => expect(waiting()).toBeGreaterThan(60));
      for (let n = 0; n < 20; n++) expect(await street.ask(4, {}, QUICK)).toBe(200);
    }),
  );

  it('while one customer at the same address has as many slow requests as it can, or comes from many', () =>
    street({ MAX_IN_FLIGHT: '100' }, async (street) => {
      const [greedy, modest] = await Promise.all(
        ['c1', 'c2'].map((sub) => street.door.token({ claims: { sub } })),
      );
      const { waiting } = street.slow();
      times(300, (n) =>
        street.send(n % 3 === 0 ? 4 : 30 + (n % 3), whole(`Authorization: Bearer ${greedy!}\r\n`)),
      );
      await eventually(() => expect(waiting()).toBeGreaterThan(50));
      const headers = { authorization: `Bearer ${modest!}` };
      for (let n = 0; n < 20; n++) expect(await street.ask(4, headers, QUICK)).toBe(200);
    }));

  it('while they pipeline behind slow requests', () =>
    street({ MAX_IN_FLIGHT: '40' }, async (street) => {
      const { waiting } = street.slow();
      const preflight = 'OPTIONS /web/graphql HTTP/1.1\r\nHost: x\r\n\r\n';
      times(8, () => street.send(2, whole() + preflight.repeat(30)));
      times(8, () => street.send(2, whole() + 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(30)));
      await eventually(() => expect(waiting()).toBe(16));
      for (let n = 0; n < 20; n++) expect(await street.ask(4, {}, QUICK)).toBe(200);
      expect(await street.ask(2, {}, QUICK)).toBe(200);
      const tooMany = street.send(2, whole() + preflight.repeat(250));
      await new Promise((resolve) => tooMany.once('close', resolve));
    }));

  it('while they do not read their answers', () =>
    street({ MAX_IN_FLIGHT: '40' }, async (street) => {
      street.door.upstream.answerWith(({ body }, response) => {
        response.end(body.includes('quick') ? '{}' : Buffer.alloc(8_000_000, 'x'));
      });
      for (const n of [2, 3]) times(30, () => street.send(n, whole(), false));
      await eventually(() => expect(street.door.upstream.seen.length).toBeGreaterThan(25));
      for (let n = 0; n < 20; n++) expect(await street.ask(4, {}, QUICK)).toBe(200);
    }));

  it('while they hold all connections: the largest holder loses idle ones', () =>
    street({ MAX_CONNECTIONS: '40', MAX_CONNECTIONS_PER_ADDRESS: '0' }, async (street) => {
      const held = Array.from({ length: 30 }, () => street.send(2, ''));
      times(10, () => street.send(3, ''));
      await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
      const { waiting } = street.slow();
      held[0]!.write(whole());
      await eventually(() => expect(waiting()).toBe(1));
      for (let n = 0; n < 10; n++) expect(await street.ask(4, {}, QUICK)).toBe(200);
      expect(held[0]!.destroyed).toBe(false);
    }));
});

describe('Behind a proxy', () => {
  const from = (client: string) => ({ 'x-forwarded-for': client });
  const FORWARDED = 'X-Forwarded-For: 203.0.113.9\r\n';

  it('a client that the proxy names has its part of the connections, and the others theirs', () =>
    street({ TRUST_PROXY_HOPS: '1', MAX_CONNECTIONS_PER_ADDRESS: '5' }, async (street) => {
      const { waiting } = street.slow();
      times(20, () => street.send(2, whole(FORWARDED)));
      await eventually(() => expect(waiting()).toBe(5));
      expect(await street.ask(2, from('203.0.113.9'), QUICK)).toBe(503);
      expect(await street.ask(2, from('::ffff:203.0.113.9'), QUICK)).toBe(503);
      for (let n = 0; n < 10; n++) expect(await street.ask(2, from('198.51.100.7'), QUICK)).toBe(200);
    }));

  it('slow bodies of one client leave places and connections to the others', () =>
    street({ TRUST_PROXY_HOPS: '1', MAX_CONNECTIONS: '30', MAX_IN_FLIGHT: '20' }, async (street) => {
      times(30, () => street.send(2, `${HEAD}${FORWARDED}Content-Length: 100\r\n\r\n{`));
      for (let n = 0; n < 10; n++) expect(await street.ask(2, from('198.51.100.7'), QUICK)).toBe(200);
    }));
});

describe('One client', () => {
  it('is not all of IPv4 on a dual-stack socket', () =>
    street({ HOST: '::', MAX_CONNECTIONS_PER_ADDRESS: '3' }, async (street) => {
      const held = [5, 5, 5].map((n) => street.send(n, ''));
      await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
      for (const n of [6, 7, 8]) expect(await street.ask(n)).toBe(200);
      expect(await street.ask(5)).toBe(0);
    }));
});
