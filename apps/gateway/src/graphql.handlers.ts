import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { preferredType } from '@caravan/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BffName } from './bff.client.ts';
import { methodNotAllowed, noSubscriptionsYet } from './gateway.errors.ts';
import { graphqlSearch, refuseCrossSite } from './graphql-search.ts';
import { parseJsonObject } from './json.ts';
import { ProxyService } from './proxy.service.ts';

type JsonRequest = FastifyRequest<{ Body: Buffer | undefined }>;

const EVENTS = 'text/event-stream';
const FORMS = ['application/json', 'application/graphql-response+json', EVENTS];

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

  @Get('web/graphql')
  webQuery(@Req() request: JsonRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.query('web', request, reply);
  }

  @Get('mobile/graphql')
  mobileQuery(@Req() request: JsonRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.query('mobile', request, reply);
  }

  private async query(name: BffName, request: JsonRequest, reply: FastifyReply): Promise<void> {
    const { headers, url } = request.raw;
    if (preferredType(headers.accept, FORMS) === EVENTS) throw noSubscriptionsYet();
    const search = graphqlSearch(url!);
    // Without a question there is nothing that GET could answer.
    if (search === undefined) throw methodNotAllowed('POST, OPTIONS');
    refuseCrossSite(headers);
    await this.proxy.forward(name, `/graphql?${search}`, request, reply);
  }
}
