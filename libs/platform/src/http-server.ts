import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { endsBefore, type Lifecycle } from './lifecycle.ts';

export interface HttpSettings {
  readonly HOST: string;
  readonly PORT: number;
  readonly LISTEN_FD?: number;
  readonly DRAIN_LINGER_MS: number;
}

/** Whether this service has an HTTP server besides its management port. */
export const hasHttp = (settings: object): settings is HttpSettings => 'PORT' in settings;

/** Listens on the socket that was handed to this process, or else on a port of its own. */
export async function listen(app: NestFastifyApplication, settings: HttpSettings): Promise<void> {
  const { HOST: host, PORT: port, LISTEN_FD: fd } = settings;
  await app.listen(fd === undefined ? { host, port } : { host, fd });
}

/**
 * Lets the HTTP server leave without cutting anybody off: no new connections, each answer from now on closes its own,
 * and only then, after a linger, the idle ones are closed: a client may be sending on one at this very moment, and
 * would not know whether that arrived. To be called before there are routes.
 */
export function drainHttp(app: NestFastifyApplication, lifecycle: Lifecycle, lingerMs: number): void {
  const server: Server = app.getHttpServer();
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // A connection that is kept would outlast the drain.
    if (lifecycle.draining) reply.header('connection', 'close');
    done(null, payload);
  });
  lifecycle.onDrain('intake', async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    // The HTTP server's own close() would close idle connections at once.
    TcpServer.prototype.close.call(server);
    await endsBefore(closed, lingerMs);
  });
  lifecycle.onDrain('in-flight', async () => {
    server.closeIdleConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
}
