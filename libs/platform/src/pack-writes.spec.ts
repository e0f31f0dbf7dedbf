import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { packWrites } from './pack-writes.ts';

const server = createServer().listen(0, '127.0.0.1');

afterEach(() => void server.close());

describe('writes of one turn', () => {
  it('leave together and in order, whatever promises lie between them', async () => {
    await (server.listening || once(server, 'listening'));
    const [[there], here] = await Promise.all([
      once(server, 'connection'),
      (async () => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      })(),
    ]);
    const heard: string[] = [];
    there.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    packWrites(here);
    const many = jest.spyOn(here, '_writev' as never);
    const single = jest.spyOn(here, '_write' as never);
    here.write('BEGIN ');
    await Promise.resolve();
    here.write(Buffer.from('statement '));
    await Promise.resolve().then(() => here.write('COMMIT '));
    await once(there, 'data');
    here.end('END');
    await once(there, 'end');
    expect(heard.join('')).toBe('BEGIN statement COMMIT END');
    expect(many).toHaveBeenCalledTimes(1);
    expect(single).toHaveBeenCalledTimes(1);
    there.destroy();
  });
});
