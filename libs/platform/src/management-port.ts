import { createServer, type RequestListener, type Server } from 'node:http';
import { hearSocketErrors } from './client-sockets.ts';

const TRY_EVERY_MS = 50;

/**
 * Listens on a port as soon as whoever has it is gone: so a successor comes to the port of the process that it
 * replaces, which answers there for itself as long as it lives.
 */
export function listenWhenFree(port: number, host: string, handle: RequestListener): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let server: Server;
  const attempt = () => {
    server = createServer(handle);
    hearSocketErrors(server);
    server.once('error', () => {
      timer = setTimeout(attempt, TRY_EVERY_MS).unref();
    });
    server.listen(port, host);
  };
  attempt();
  return {
    close() {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}
