import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { Login, Logout, Refresh, Register, type Session } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { runInContext } from '@caravan/platform';
import type { FastifyRequest } from 'fastify';
import { credentials, read, registration, renewal } from './credentials.ts';

type JsonRequest = FastifyRequest<{ Body: Buffer | undefined }>;

@Controller('v1/auth')
export class AuthHandlers {
  constructor(private readonly client: MessageClient) {}

  @Post('register')
  @Header('cache-control', 'no-store')
  register(@Req() { body, edge }: JsonRequest): Promise<Session> {
    const data = read(registration, body);
    return runInContext(edge.context, () => this.client.ask(Register, data));
  }

  @Post('login')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  login(@Req() { body, edge }: JsonRequest): Promise<Session> {
    const data = { ...read(credentials, body), address: edge.client };
    return runInContext(edge.context, () => this.client.ask(Login, data));
  }

  @Post('refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  refresh(@Req() { body, edge }: JsonRequest): Promise<Session> {
    const data = read(renewal, body);
    return runInContext(edge.context, () => this.client.ask(Refresh, data));
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Req() { body, edge }: JsonRequest): Promise<void> {
    const data = read(renewal, body);
    await runInContext(edge.context, () => this.client.ask(Logout, data));
  }
}
