import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { commandOf } from './process-identity.ts';

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export const isFree = async (port: number): Promise<boolean> =>
  (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'));

/** The first free port from `from` on that is not in `reserved`; it is added there. */
export async function nextFree(from: number, reserved: Set<number>): Promise<number> {
  for (let port = from; port < 65_536; port++) {
    if (reserved.has(port) || !(await isFree(port))) continue;
    reserved.add(port);
    return port;
  }
  throw new Error(`no free port from ${from} on`);
}

/** What choosing ports needs of the machine. */
export interface PortMarket {
  take(port: number): Promise<boolean>;
  nextFree(from: number, except?: ReadonlySet<number>): Promise<number>;
}

/**
 * The ports that one system has chosen. From the choice until the system is gone no other checkout on this machine takes one
 * of them: each is marked by an abstract socket, which has the reach of a port and ends with its process (Linux only).
 */
export class PortClaims implements PortMarket {
  private readonly held = new Map<number, Server | undefined>();

  /** @returns false when another process listens on the port or has claimed it, or when it is claimed here already */
  async take(port: number): Promise<boolean> {
    if (this.held.has(port)) return false;
    const mark = await markOf(port);
    if (mark === 'taken') return false;
    if (await isFree(port)) {
      this.held.set(port, mark);
      return true;
    }
    mark?.close();
    return false;
  }

  /** Claims the first port from `from` on that can be had. @throws when there is none */
  async nextFree(from: number, except: ReadonlySet<number> = new Set()): Promise<number> {
    for (let port = from; port < 65_536; port++)
      if (!except.has(port) && (await this.take(port))) return port;
    throw new Error(`no free port from ${from} on`);
  }

  release(port: number): void {
    this.held.get(port)?.close();
    this.held.delete(port);
  }

  close(): void {
    for (const port of [...this.held.keys()]) this.release(port);
  }
}

function markOf(port: number): Promise<Server | undefined | 'taken'> {
  if (process.platform !== 'linux') return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const mark = createServer((socket) => socket.destroy());
    mark.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRINUSE' ? 'taken' : undefined),
    );
    mark.listen(`\0caravan-port-${port}`, () => resolve(mark.unref()));
  });
}

/** The port that a process found taken, by its last words; undefined when it ended for another reason. */
export function takenPort(lastWords: readonly string[], ports: readonly number[]): number | undefined {
  const words = lastWords.join('\n');
  if (!/EADDRINUSE|address already in use/i.test(words)) return undefined;
  return ports.find((port) => new RegExp(`\\b${port}\\b`).test(words)) ?? ports[0];
}

function socketInode(port: number): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(wanted) && fields[3] === '0A') return fields[9];
    }
  }
  return undefined;
}

/** Who listens on a port, in words: `pid 4711 (nginx: master process)`. */
export function holderOf(port: number): string {
  try {
    const inode = socketInode(port);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (inode && holds(pid, `socket:[${inode}]`))
        return `pid ${pid} (${commandOf(Number(pid)).slice(0, 60)})`;
    }
  } catch {
    // Not Linux: the port is taken all the same.
  }
  return 'another process';
}

function holds(pid: string, socket: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => link(`/proc/${pid}/fd/${fd}`) === socket);
  } catch {
    return false;
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
