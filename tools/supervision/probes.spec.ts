import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answers, greets, INSTANCE_HEADER } from './probes.ts';

let server: Server;
afterEach(() => {
  server.close();
});

async function listening(one: Server): Promise<number> {
  server = one.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const http = (status: number, instance?: string) =>
  createHttpServer((_request, response) => {
    if (instance) response.setHeader(INSTANCE_HEADER, instance);
    response.writeHead(status).end('{"error":{"database":{"message":"gone"}}}');
  });

describe('a probe', () => {
  it('believes the instance that it asks, and no other process on the port', async () => {
    const url = `http://127.0.0.1:${await listening(http(200, 'run.orders.1'))}/`;
    expect(await answers(url, 'run.orders.1')).toBe(true);
    await expect(answers(url, 'run.orders.2')).rejects.toThrow('another process answers');
    server.close();
    const foreign = `http://127.0.0.1:${await listening(http(200))}/`;
    await expect(answers(foreign, 'run.orders.1')).rejects.toThrow('another process answers');
  });

  it('says why it is not ready', async () => {
    const url = `http://127.0.0.1:${await listening(http(503))}/`;
    await expect(answers(url)).rejects.toThrow(`${url} answers 503: database is gone`);
  });

  it('reads the greeting of a server that speaks first', async () => {
    const port = await listening(createServer((socket) => socket.end('220 host ESMTP run.mail-sink.1\r\n')));
    expect(await greets(port, 'run.mail-sink.1')).toBe(true);
    await expect(greets(port, 'run.mail-sink.2')).rejects.toThrow('another process answers');
  });
});
