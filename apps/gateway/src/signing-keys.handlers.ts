import { Controller, Get, Header, Req } from '@nestjs/common';
import { runInContext } from '@caravan/platform';
import type { FastifyRequest } from 'fastify';
import { SigningKeysClient } from './signing-keys.client.ts';

@Controller('.well-known')
export class SigningKeysHandlers {
  constructor(private readonly keys: SigningKeysClient) {}

  /** A key is announced twenty minutes before it signs, so five minutes of cache never hide one. */
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  jwks(@Req() { edge }: FastifyRequest): Promise<object> {
    return runInContext(edge.context, () => this.keys.current());
  }
}
