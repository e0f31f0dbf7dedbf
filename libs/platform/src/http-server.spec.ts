import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { httpShape, serviceEnv } from './service.env.ts';
import { type RunningService, runService, TRANSPORT } from './start.service.ts';

/** `/slow` has been asked; it may answer. */
const asked = Promise.withResolvers<void>();
const may = Promise.withResolvers<void>();

@Controller()
class Pages {
  @Get('fast')
  fast(): string {
    return 'fast';
  }

  @Get('slow')
  async slow(): Promise<string> {
    asked.resolve();
    await may.promise;
    return 'slow';
  }
}

@Module({ controllers: [Pages], providers: [{ provide: TRANSPORT, useValue: null }] })
class PagesModule {}

/** A client that keeps its connection and says what it wants when it wants. */
class Client {
  private readonly socket: Socket;
  private heard = '';
  readonly closed: Promise<unknown>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').on(
      'data',
      (data) => (this.heard += data.toString().toLowerCase()),
    );
    this.closed = once(this.socket, 'close');
  }

  ask(path: string): void {
    this.heard = '';
    this.socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  }

  async answer(body: string): Promise<string> {
    while (!this.heard.endsWith(body)) await once(this.socket, 'data');
    return this.heard;
  }
}

describe('an HTTP server that is told to leave', () => {
  let service: RunningService;
  let port: number;

  async function start(DRAIN_LINGER_MS: string): Promise<void> {
    service = await runService(PagesModule, serviceEnv('pages', httpShape(0)), {
      source: { NODE_ENV: 'test', LOG_LEVEL: 'silent', DRAIN_LINGER_MS },
    });
    port = (service.app.getHttpServer().address() as AddressInfo).port;
  }

  const refused = async (): Promise<void> => {
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      const outcome = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch(
        () => 'refused',
      );
      socket.destroy();
      if (outcome === 'refused') return;
    }
  };

  it('still answers on kept connections, closing each with its answer, and takes no new ones', async () => {
    await start('20000');
    const [kept, busy] = [new Client(port), new Client(port)];
    kept.ask('/fast');
    expect(await kept.answer('fast')).toContain('connection: keep-alive');
    busy.ask('/slow');
    await asked.promise;
    const stopped = service.stop();
    await refused();
    kept.ask('/fast');
    expect(await kept.answer('fast')).toContain('connection: close');
    await kept.closed;
    may.resolve();
    expect(await busy.answer('slow')).toContain('connection: close');
    // Nobody is left: the linger is not waited for.
    await stopped;
  });

  it('closes idle connections when nothing came on them for the linger', async () => {
    await start('50');
    const idle = new Client(port);
    idle.ask('/fast');
    await idle.answer('fast');
    await service.stop();
    await idle.closed;
  });
});
