import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { clientKey, ENV } from '@caravan/platform';
import { Client } from './client.ts';
import type { GatewayEnv } from './gateway.env.ts';
import type { Visit } from './visit.ts';

/** Requests that may wait on one connection behind the one that is being answered. */
const MAX_PIPELINED = 32;
const UNKNOWN = 'unknown';

/** One socket: whose it is, the request on it, and those that were sent behind it. */
export class Connection {
  visit: Visit | undefined;
  readonly waiting: (() => void)[] = [];

  constructor(
    readonly socket: Socket,
    readonly owner: Client<Connection>,
    /** Who is served on it: its owner, or behind a proxy the client of the request that is on it. */
    public client: Client<Connection> = owner,
  ) {}
}

/**
 * The open connections and the clients that hold them. No client has more than its part; when there are no more, the client
 * that has most loses one on which nothing is being done. Each connection is served one request at a time.
 */
@Injectable()
export class ConnectionsService {
  private readonly clients = new Map<string, Client<Connection>>();
  private readonly bySocket = new Map<Socket, Connection>();
  private readonly limit: number;
  private readonly behindProxy: boolean;

  constructor(@Inject(ENV) private readonly env: GatewayEnv) {
    this.limit = env.MAX_CONNECTIONS_PER_ADDRESS || Infinity;
    this.behindProxy = env.TRUST_PROXY_HOPS > 0;
  }

  guard(server: Server): void {
    server.on('connection', (socket: Socket) => this.accept(socket));
  }

  /**
   * Calls `begin` when the requests before it on the same connection are answered; at once if there are none.
   * A connection that sends too many ahead is closed.
   */
  inTurn(socket: Socket, begin: (connection: Connection) => void): void {
    const connection = this.bySocket.get(socket) ?? this.open(socket);
    if (connection.visit === undefined) begin(connection);
    else if (connection.waiting.length < MAX_PIPELINED) connection.waiting.push(() => begin(connection));
    else socket.destroy();
  }

  /** @param key of the client that the request on this connection comes from @returns undefined if it has its part already */
  clientOf(connection: Connection, key: string): Client<Connection> | undefined {
    const { client } = connection;
    if (client.key === key) return client;
    const served = this.clientNamed(key);
    if (served.connections.size >= this.limit) return undefined;
    this.assign(connection, served);
    return served;
  }

  /** The request on this connection is over: the next one begins. */
  next(connection: Connection): void {
    connection.visit = undefined;
    if (!this.bySocket.has(connection.socket)) return;
    if (connection.client !== connection.owner) this.assign(connection, connection.owner);
    connection.waiting.shift()?.();
  }

  /** Forgets a client that has nothing left. */
  forget(client: Client): void {
    if (client.isIdle) this.clients.delete(client.key);
  }

  private clientNamed(key: string): Client<Connection> {
    let client = this.clients.get(key);
    if (client === undefined) this.clients.set(key, (client = new Client(key)));
    return client;
  }

  private accept(socket: Socket): void {
    const owner = this.clientNamed(keyOf(socket));
    // Behind a proxy all sockets have its address: there the client is known with the head of a request.
    const full = !this.behindProxy && owner.connections.size >= this.limit;
    if (full || !this.hasRoomFor(owner)) {
      this.forget(owner);
      return void socket.destroy();
    }
    this.open(socket);
  }

  private open(socket: Socket): Connection {
    const owner = this.clientNamed(keyOf(socket));
    const connection = new Connection(socket, owner);
    this.bySocket.set(socket, connection);
    owner.connections.add(connection);
    socket.once('close', () => this.close(connection));
    return connection;
  }

  private close(connection: Connection): void {
    if (!this.bySocket.delete(connection.socket)) return;
    connection.waiting.length = 0;
    const { visit, client } = connection;
    // An answer that waits behind another never hears that the connection is gone.
    visit?.end();
    client.connections.delete(connection);
    connection.owner.connections.delete(connection);
    this.forget(client);
    this.forget(connection.owner);
  }

  private assign(connection: Connection, client: Client<Connection>): void {
    const before = connection.client;
    before.connections.delete(connection);
    client.connections.add(connection);
    connection.client = client;
    if (before !== connection.owner) this.forget(before);
  }

  private hasRoomFor(newcomer: Client<Connection>): boolean {
    const { MAX_CONNECTIONS } = this.env;
    if (MAX_CONNECTIONS === 0 || this.bySocket.size < MAX_CONNECTIONS) return true;
    let largest = newcomer;
    for (const client of this.clients.values()) {
      if (client.connections.size > largest.connections.size) largest = client;
    }
    if (largest === newcomer && !this.behindProxy) return false;
    const victim = leastBusy(largest.connections);
    if (victim === undefined) return false;
    victim.socket.destroy();
    this.close(victim);
    return true;
  }
}

/** A connection without a request, or else one whose request has not been passed on: closing it has no effect inside. */
function leastBusy(connections: Iterable<Connection>): Connection | undefined {
  let arriving: Connection | undefined;
  for (const connection of connections) {
    if (connection.visit === undefined) return connection;
    if (connection.visit.customer === undefined) arriving ??= connection;
  }
  return arriving;
}

const keyOf = (socket: Socket): string => clientKey(socket.remoteAddress ?? '') ?? UNKNOWN;
