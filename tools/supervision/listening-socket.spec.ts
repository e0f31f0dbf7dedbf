import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ListeningSocket } from './listening-socket.ts';
import { nextFree } from './ports.ts';

const SERVE = "require('net').createServer((c) => c.end(String(process.pid))).listen({ fd: 3 })";
const children: ChildProcess[] = [];

function serve(socket: ListeningSocket): ChildProcess {
  const child = spawn(process.execPath, ['-e', SERVE], {
    stdio: ['ignore', 'ignore', 'inherit', socket.fd!],
  });
  children.push(child);
  return child;
}

/** Who answers, as soon as somebody does. */
async function answer(port: number): Promise<string> {
  const client = connect(port, '127.0.0.1');
  const [data] = (await once(client, 'data')) as [Buffer];
  return data.toString();
}

describe('a listening socket', () => {
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  it('is handed from one process to the next, and refuses nobody in between', async () => {
    const socket = new ListeningSocket(await nextFree(25_000, new Set()));
    const first = serve(socket);
    // Before the first has listened it is only bound.
    await expect(
      (async () => {
        for (;;) if (await answer(socket.port).catch(() => undefined)) return true;
      })(),
    ).resolves.toBe(true);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const waiting = answer(socket.port);
    const second = serve(socket);
    expect(await waiting).toBe(String(second.pid));
    socket.close();
  });

  it('says who listens on the port already', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(() => new ListeningSocket(port)).toThrow(`port ${port} is taken by pid ${process.pid}`);
    other.close();
  });
});
