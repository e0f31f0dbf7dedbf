import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import type { GatewayEnv } from './gateway.env.ts';
import { limitKey } from './header.ts';

/** How many connections there may be. */
@Injectable()
export class SocketsService {
  private readonly byAddress = new Map<string, number>();

  constructor(@Inject(ENV) private readonly env: GatewayEnv) {}

  guard(server: Server): void {
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
}
