import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PortClaims, takenPort } from './ports.ts';

const claims = [new PortClaims(), new PortClaims()] as const;
afterEach(() => claims.forEach((each) => each.close()));

/** Claims the first port from `from` on in another process, as another checkout would, and ends with its standard input. */
const OTHER = `
  const { PortClaims } = await import(process.argv[1]);
  console.log(await new PortClaims().nextFree(Number(process.argv[2])));
  process.stdin.resume();`;

describe('the ports of a system', () => {
  it('are held from the choice on, though nothing listens on them yet', async () => {
    const [ours, others] = claims;
    const port = await ours.nextFree(27_000);
    expect(await others.take(port)).toBe(false);
    expect(await others.nextFree(port)).toBeGreaterThan(port);
    ours.release(port);
    expect(await others.take(port)).toBe(true);
  });

  it('are not those that another process listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await claims[0].take(port)).toBe(false);
    server.close();
  });

  it('are never the same for checkouts that choose at the same time, and free again when one is killed', async () => {
    const module = new URL('./ports.ts', import.meta.url).href;
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', OTHER, module, '27500'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    try {
      const lines = children.map(({ stdout }) => once(createInterface(stdout), 'line'));
      const ports = (await Promise.all(lines)).map(([line]) => Number(line));
      expect(new Set(ports).size).toBe(3);
      expect(await claims[0].take(ports[0]!)).toBe(false);
      children[0]!.kill('SIGKILL');
      await once(children[0]!, 'exit');
      expect(await claims[0].take(ports[0]!)).toBe(true);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });

  it.each([
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:9084', 9084],
    ['could not bind IPv4 address "127.0.0.1": Address already in use', 8080],
    ['{error,{could_not_start_listener,"127.0.0.1",9084,eaddrinuse}}', 9084],
    ['Error: no such setting', undefined],
  ])('that were taken are read from the last words %s', (words, port) => {
    expect(takenPort(['before', words], [8080, 9084])).toBe(port);
  });
});
