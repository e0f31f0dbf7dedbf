import { setTimeout as delay } from 'node:timers/promises';
import { type AddressInfo, createServer, type Server, type Socket, connect } from 'node:net';

export type Direction = 'to-server' | 'to-client';

/** When bytes match, the connection is cut: before they are passed on, or right after, so that the answer is lost. */
export interface CutRule {
  readonly direction: Direction;
  readonly matches: (chunk: Buffer) => boolean;
  readonly when: 'before' | 'after';
  /** How many connections it may cut. */
  times: number;
}

/** One client of the proxy with its line to the server. */
export interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** The first bytes that the client said: in PostgreSQL and AMQP they tell which service it is. */
  opening: string;
}

const OPENING_BYTES = 1_024;

/** A TCP proxy on the loopback that can be slow, deaf or cut; what toxiproxy does, and cuts at given bytes. */
export class Proxy {
  readonly lines = new Set<Line>();
  readonly rules: CutRule[] = [];
  latencyMs = 0;
  /** New connections are closed at once, as if nobody listened. */
  refusing = false;
  /** How many lines were cut since the beginning. */
  cuts = 0;
  private deaf = false;
  private readonly server: Server;
  private readonly target: { host: string; port: number };

  private constructor(target: { host: string; port: number }) {
    this.target = target;
    this.server = createServer({ noDelay: true }, (client) => this.join(client));
  }

  static async open(target: { host: string; port: number }): Promise<Proxy> {
    const proxy = new Proxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.server.once('error', reject);
      proxy.server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts lines without a word; answers how many. */
  cut(which: (line: Line) => boolean = () => true): number {
    const chosen = [...this.lines].filter(which);
    for (const { client, server } of chosen) {
      client.resetAndDestroy();
      server.destroy();
    }
    this.cuts += chosen.length;
    return chosen.length;
  }

  /** Nothing passes in either direction, on old lines and new ones; nobody is told. */
  blackhole(on: boolean): void {
    this.deaf = on;
    for (const { client, server } of this.lines) {
      for (const socket of [client, server]) {
        if (on) socket.pause();
        else socket.resume();
      }
    }
  }

  /** The server hears that the client is gone, the client hears nothing: what a router that forgets leaves behind. */
  halfOpen(): number {
    const chosen = [...this.lines];
    for (const line of chosen) {
      line.client.pause();
      line.server.removeAllListeners('close').destroy();
    }
    this.cuts += chosen.length;
    return chosen.length;
  }

  /** As if it were not there. */
  heal(): void {
    this.latencyMs = 0;
    this.refusing = false;
    this.rules.length = 0;
    this.blackhole(false);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    if (this.refusing) return void client.resetAndDestroy();
    const server = connect({ ...this.target, noDelay: true });
    const line: Line = { client, server, opening: '' };
    this.lines.add(line);
    const end = (): void => {
      this.lines.delete(line);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', () => undefined).on('close', end);
    client.on('data', (chunk) => {
      if (line.opening.length < OPENING_BYTES) line.opening += chunk.toString('latin1');
      this.pass(line, 'to-server', chunk);
    });
    server.on('data', (chunk) => this.pass(line, 'to-client', chunk));
    if (this.deaf) for (const socket of [client, server]) socket.pause();
  }

  private pass(line: Line, direction: Direction, chunk: Buffer): void {
    const rule = this.rules.find(
      (rule) => rule.times > 0 && rule.direction === direction && rule.matches(chunk),
    );
    if (rule) rule.times--;
    const target = direction === 'to-server' ? line.server : line.client;
    const source = direction === 'to-server' ? line.client : line.server;
    if (rule?.when !== 'before') {
      const write = (): void => {
        if (target.write(chunk) || target.destroyed) return;
        source.pause();
        target.once('drain', () => !this.deaf && source.resume());
      };
      // Timers of one length fire in the order in which they were set.
      if (this.latencyMs > 0) setTimeout(write, this.latencyMs);
      else write();
    }
    if (rule) {
      const sever = (): void => void this.cut((other) => other === line);
      // The server shall have had the time to act on it, and its answer none to arrive.
      if (rule.when === 'after') {
        line.server.pause();
        setTimeout(sever, 50);
      } else sever();
    }
  }
}

/** Adds a rule and waits until it has cut all that it may, or nothing comes that it is for. */
export async function usedUp(proxy: Proxy, rule: CutRule): Promise<void> {
  proxy.rules.push(rule);
  for (let waited = 0; rule.times > 0 && waited < 10_000; waited += 50) await delay(50);
}

/** A COMMIT in PostgreSQL's simple query protocol. */
export const isCommit = (chunk: Buffer): boolean => chunk.includes('COMMIT');

const BASIC_ACK = Buffer.from([0, 0, 0, 13, 0, 60, 0, 80]);

/** An AMQP frame of the method basic.ack: a consumer's settlement, or from the server a publisher's confirm. */
export const isBasicAck = (chunk: Buffer): boolean => chunk.includes(BASIC_ACK);

/** A chunk with an AMQP method, by the numbers of its class and itself (AMQP 0-9-1, §1.3); seldom one that only looks like it. */
export const isMethod =
  (classId: number, methodId: number) =>
  (chunk: Buffer): boolean =>
    chunk.includes(Buffer.from([0, classId, 0, methodId]));

/** A server by its URL with a line to it that can be cut, and the URL that leads through it. */
export async function through(url: string): Promise<{ proxy: Proxy; url: string }> {
  const own = new URL(url);
  const proxy = await Proxy.open({ host: own.hostname, port: Number(own.port) });
  own.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url: own.toString() };
}
