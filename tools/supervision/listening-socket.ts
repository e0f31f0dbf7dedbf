import net from 'node:net';
import { holderOf } from './ports.ts';

interface Handle {
  readonly fd: number;
  getsockname(out: object): number;
  close(): void;
}

/** What Node's own cluster module binds its workers' ports with: bound, and accepting nothing by itself. */
const { _createServerHandle: createHandle } = net as unknown as {
  _createServerHandle: (address: string, port: number, addressType: 4 | 6) => Handle | number;
};

/**
 * A port that is bound here and listened on by the processes that it is handed to (as their LISTEN_FD). It outlives each
 * of them: who connects while one goes and the next comes waits in the kernel's queue instead of being refused.
 */
export class ListeningSocket {
  readonly port: number;
  private handle: Handle | undefined;

  /** @throws when the port is taken */
  constructor(port: number, host = '127.0.0.1') {
    const handle = createHandle(host, port, 4);
    // That an address is in use is told only when it is asked for.
    if (typeof handle === 'number' || handle.getsockname({}) !== 0) {
      if (typeof handle !== 'number') handle.close();
      const error = new Error(`port ${port} is taken by ${holderOf(port)}`);
      throw Object.assign(error, { code: 'EADDRINUSE' });
    }
    this.handle = handle;
    this.port = port;
  }

  /** The number it is open under in this process; undefined when it was closed. */
  get fd(): number | undefined {
    return this.handle?.fd;
  }

  /** Those who have it already keep it. */
  close(): void {
    this.handle?.close();
    this.handle = undefined;
  }
}
