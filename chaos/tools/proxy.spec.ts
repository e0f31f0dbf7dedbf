import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { isBasicAck, isCommit, Proxy } from './proxy.ts';

/** Answers everything with itself, and keeps what it heard. */
let server: Server;
let heard: string;
let proxy: Proxy;
let client: Socket;
let answered: string;

beforeEach(async () => {
  heard = answered = '';
  server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        heard += chunk.toString();
        socket.write(chunk);
      }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await Proxy.open({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  client = connect({ host: '127.0.0.1', port: proxy.port });
  client.on('error', () => undefined).on('data', (chunk) => (answered += chunk.toString()));
  await once(client, 'connect');
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  server.close();
});

const until = async (holds: () => boolean) => {
  while (!holds()) await delay(5);
};

describe('the proxy', () => {
  it('passes on what is said', async () => {
    client.write('hello');
    await until(() => answered === 'hello');
    expect([...proxy.lines][0]!.opening).toBe('hello');
  });

  it('cuts lines', async () => {
    client.write('hello');
    await until(() => answered === 'hello');
    expect(proxy.cut()).toBe(1);
    await until(() => client.closed);
  });

  it('keeps everything to itself while it is a black hole, and tells it later', async () => {
    client.write('a');
    await until(() => answered === 'a');
    proxy.blackhole(true);
    client.write('b');
    await delay(50);
    expect(heard).toBe('a');
    proxy.heal();
    await until(() => answered === 'ab');
  });

  it('cuts before the bytes, so that they never arrive', async () => {
    proxy.rules.push({ direction: 'to-server', matches: isCommit, when: 'before', times: 1 });
    client.write('COMMIT');
    await until(() => client.closed);
    expect(heard).toBe('');
  });

  it('cuts after the bytes, so that the answer is lost', async () => {
    proxy.rules.push({ direction: 'to-server', matches: isCommit, when: 'after', times: 1 });
    client.write('COMMIT');
    await until(() => client.closed);
    expect([heard, answered]).toEqual(['COMMIT', '']);
  });

  it('refuses whoever comes', async () => {
    proxy.refusing = true;
    const other = connect({ host: '127.0.0.1', port: proxy.port }).on('error', () => undefined);
    await until(() => other.closed);
  });

  it('leaves the client in the dark when it is half open', async () => {
    client.write('hello');
    await until(() => answered === 'hello');
    expect(proxy.halfOpen()).toBe(1);
    client.write('anybody there?');
    await delay(50);
    expect([heard, answered, client.closed]).toEqual(['hello', 'hello', false]);
  });

  it('knows an acknowledgement of AMQP', () => {
    const ack = Buffer.from([1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0xce]);
    expect([isBasicAck(ack), isBasicAck(Buffer.from('ack'))]).toEqual([true, false]);
  });
});
