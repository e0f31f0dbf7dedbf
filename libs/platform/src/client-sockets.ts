import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** A client that resets its connection is no fault of this process. */
const ignore = (): void => undefined;

const LINGER_MS = 1_000;

/**
 * Gives every socket that the server accepts an `error` listener for as long as the socket lives. Node takes its own
 * listener off a socket that it hands over by `connect` or `upgrade`, and an `error` event without a listener ends the process.
 * To be called for every listening server, before it listens.
 */
export function hearSocketErrors(server: Server): void {
  server.on('connection', (socket) => socket.on('error', ignore));
}

/**
 * Takes a socket out of the HTTP server's care (`connect`, `upgrade`, `clientError`), whichever server it came from.
 * To be called before anything is written to the socket.
 */
export function takeOver<S extends Duplex>(socket: S): S {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
  return socket;
}

/** Takes the socket over, writes its last bytes and closes it, at the latest after a second. */
export function endWith(socket: Duplex, bytes: string): void {
  takeOver(socket);
  socket.end(bytes);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
