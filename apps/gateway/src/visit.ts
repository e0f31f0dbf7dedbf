import type { Socket } from 'node:net';

/** One request from its head to the end of its answer, or to the moment its sender is gone. */
export class Visit {
  /** What is to be given up when the sender goes before the answer. */
  cancel: (() => void) | undefined;
  private over = false;

  constructor(private readonly onEnd: () => void) {}

  end(): void {
    if (this.over) return;
    this.over = true;
    this.onEnd();
    this.cancel?.();
  }
}

/**
 * The visits of each open socket. An answer that waits behind another on a pipelined connection never hears that the
 * connection is gone, so the socket has to tell.
 */
export class Visits {
  private readonly bySocket = new WeakMap<Socket, Set<Visit>>();

  begin(socket: Socket, visit: Visit): void {
    let visits = this.bySocket.get(socket);
    if (visits === undefined) {
      this.bySocket.set(socket, (visits = new Set()));
      socket.once('close', () => {
        for (const each of this.bySocket.get(socket)!) each.end();
      });
    }
    visits.add(visit);
  }

  end(socket: Socket, visit: Visit): void {
    this.bySocket.get(socket)?.delete(visit);
    visit.end();
  }
}
