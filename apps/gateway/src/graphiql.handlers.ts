import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayEnv } from './gateway.env.ts';
import { notFound } from './gateway.errors.ts';
import { ProxyService } from './proxy.service.ts';

type PageRequest = FastifyRequest<{ Body: undefined }>;

/** The BFFs' own GraphQL IDE, in development. */
@Controller()
export class GraphiqlHandlers {
  constructor(
    @Inject(ENV) private readonly env: GatewayEnv,
    private readonly proxy: ProxyService,
  ) {}

  @Get(['web/graphiql', 'web/graphiql/*'])
  web(@Req() request: PageRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.proxy.forward('web', this.path(request, '/web'), request, reply);
  }

  @Get(['mobile/graphiql', 'mobile/graphiql/*'])
  mobile(@Req() request: PageRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.proxy.forward('mobile', this.path(request, '/mobile'), request, reply);
  }

  private path(request: PageRequest, prefix: string): string {
    if (this.env.NODE_ENV === 'production') throw notFound();
    // The router has decoded the path, this cuts the raw one: only where both begin alike.
    if (!request.url.startsWith(`${prefix}/graphiql`)) throw notFound();
    const path = request.url.slice(prefix.length);
    // An encoded or dotted path could lead out of the IDE to something else inside.
    if (path.includes('..') || path.includes('%') || path.includes('\\')) throw notFound();
    return path;
  }
}
