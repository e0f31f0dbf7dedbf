import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { methodNotAllowed, noSubscriptionsYet } from './gateway.errors.ts';
import { parseJsonObject } from './json.ts';
import { ProxyService } from './proxy.service.ts';

type JsonRequest = FastifyRequest<{ Body: Buffer | undefined }>;

/** The two GraphQL APIs. What is in a query is the BFF's matter; that it is JSON in bounds is checked here. */
@Controller()
export class GraphqlHandlers {
  constructor(private readonly proxy: ProxyService) {}

  @Post('web/graphql')
  web(@Req() request: JsonRequest, @Res() reply: FastifyReply): Promise<void> {
    parseJsonObject(request.body);
    return this.proxy.forward('web', '/graphql', request, reply);
  }

  @Post('mobile/graphql')
  mobile(@Req() request: JsonRequest, @Res() reply: FastifyReply): Promise<void> {
    parseJsonObject(request.body);
    return this.proxy.forward('mobile', '/graphql', request, reply);
  }

  @Get(['web/graphql', 'mobile/graphql'])
  subscribe(@Req() request: FastifyRequest): never {
    if (request.headers.accept?.includes('text/event-stream')) throw noSubscriptionsYet();
    throw methodNotAllowed('POST, OPTIONS');
  }
}
