import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  blocked: boolean;
  /** Frames of the client that are passed on when the alarm is over. */
  held: Buffer[];
}

const HEARTBEAT = 8;
const PROTOCOL_HEADER_BYTES = 8;
const BASIC_PUBLISH = '60.40';

/**
 * A proxy in front of a real RabbitMQ that behaves as RabbitMQ does under a memory or disk alarm, for one client alone: a connection
 * that publishes is told `connection.blocked`, and nothing that it writes from then on is read until the alarm is over.
 */
export class AlarmProxy {
  readonly lines = new Set<Line>();
  /** How many connections were opened through it. */
  opened = 0;
  /** Called with each AMQP method of a client, `class.method`; true cuts its connection instead of passing the method on. */
  cutsAt: (method: string) => boolean = () => false;
  /** Nothing passes to clients: they see neither answers nor heartbeats. */
  mute = false;
  private alarmed = false;
  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer({ noDelay: true }, (client) => this.join(client));
  }

  static async open(url: string): Promise<AlarmProxy> {
    const proxy = new AlarmProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return Object.assign(new URL(this.target), { port: String(port) }).toString();
  }

  get blockedLines(): number {
    return [...this.lines].filter(({ blocked }) => blocked).length;
  }

  /** Raises or clears the alarm. */
  alarm(on: boolean): void {
    this.alarmed = on;
    if (on) return;
    for (const line of this.lines) {
      if (!line.blocked) continue;
      line.blocked = false;
      line.client.write(connectionMethod(61));
      for (const frame of line.held.splice(0)) line.server.write(frame);
    }
  }

  cut(): void {
    for (const { client, server } of this.lines) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const { hostname: host, port } = this.target;
    const server = connect({ host, port: Number(port), noDelay: true });
    const line: Line = { client, server, blocked: false, held: [] };
    this.lines.add(line);
    this.opened++;
    for (const socket of [client, server])
      socket
        .on('error', () => undefined)
        .on('close', () => {
          this.lines.delete(line);
          client.destroy();
          server.destroy();
        });
    client.on(
      'data',
      frames(PROTOCOL_HEADER_BYTES, (frame) => this.fromClient(line, frame)),
    );
    server.on(
      'data',
      frames(0, (frame) => this.mute || void client.write(frame)),
    );
  }

  private fromClient(line: Line, frame: Buffer): void {
    const method = frame[0] === 1 ? `${frame.readUInt16BE(7)}.${frame.readUInt16BE(9)}` : '';
    if (method && this.cutsAt(method)) return void line.client.resetAndDestroy();
    if (this.alarmed && !line.blocked && method === BASIC_PUBLISH) {
      line.blocked = true;
      line.client.write(connectionMethod(60));
    }
    if (line.blocked && frame[0] !== HEARTBEAT) line.held.push(frame);
    else line.server.write(frame);
  }
}

/** Cuts a stream into AMQP frames; the first `raw` bytes are passed on as one piece. */
function frames(raw: number, take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let header = raw;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const size = header || (rest.length >= 7 ? rest.readUInt32BE(3) + 8 : Infinity);
      if (rest.length < size) return;
      header = 0;
      take(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  };
}

/** `connection.blocked` (60, with a reason) and `connection.unblocked` (61), on channel 0. */
function connectionMethod(method: 60 | 61): Buffer {
  const payload = Buffer.from([0, 10, 0, method, ...(method === 60 ? [3, ...Buffer.from('low')] : [])]);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, payload.length]);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}
