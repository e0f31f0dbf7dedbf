import type { Socket } from 'node:net';

/**
 * Lets everything that one turn of the event loop writes to a socket leave together. Each write of its own is a system call and a
 * wake-up of whoever reads, which on a busy machine costs more than what was written.
 * @returns sends what was written so far: for what should be under way while the turn goes on
 */
export function packWrites(socket: Socket): () => void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let packing = false;
  const send = (): void => {
    if (!packing) return;
    packing = false;
    socket.uncork();
  };
  socket.write = (...args: unknown[]): boolean => {
    if (!packing) {
      packing = true;
      socket.cork();
      // After all promises of this turn have gone on.
      process.nextTick(send);
    }
    return write(...args);
  };
  return send;
}
