import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, Lifecycle } from '@caravan/platform';
import type { GatewayEnv } from './gateway.env.ts';
import { limitKey } from './header.ts';

/** How many connections there may be, and how they end. */
@Injectable()
export class SocketsService {
  private readonly byAddress = new Map<string, number>();

  constructor(
    @Inject(ENV) private readonly env: GatewayEnv,
    private readonly lifecycle: Lifecycle,
  ) {}

  guard(server: Server): void {
    this.lifecycle.onDrain('intake', () => this.leave(server));
    if (this.env.MAX_CONNECTIONS > 0) server.maxConnections = this.env.MAX_CONNECTIONS;
    // Behind a proxy all sockets look alike and are not counted.
    const limit = this.env.TRUST_PROXY_HOPS > 0 ? 0 : this.env.MAX_CONNECTIONS_PER_ADDRESS;
    if (limit > 0) server.on('connection', (socket: Socket) => this.count(socket, limit));
  }

  /** One address cannot have all the sockets. */
  private count(socket: Socket, limit: number): void {
    const key = limitKey(socket.remoteAddress ?? '');
    const open = (this.byAddress.get(key) ?? 0) + 1;
    if (open > limit) return void socket.destroy();
    this.byAddress.set(key, open);
    socket.once('close', () => {
      const left = this.byAddress.get(key)! - 1;
      if (left === 0) this.byAddress.delete(key);
      else this.byAddress.set(key, left);
    });
  }

  /**
   * No new connections; each answer from now on closes its own. The idle ones are closed only later: at this very
   * moment a client may be sending on one, and would not know whether that arrived.
   */
  private async leave(server: Server): Promise<void> {
    const closed = once(server, 'close');
    // The HTTP server's own close() would close idle connections at once.
    TcpServer.prototype.close.call(server);
    await Promise.race([closed, setTimeout(this.env.DRAIN_LINGER_MS)]);
  }
}
