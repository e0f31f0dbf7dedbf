import { ApolloServer, HeaderMap, type BaseContext, type HTTPGraphQLResponse } from '@apollo/server';
import { contextFrom, currentContext, runInContext } from '@caravan/platform';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GRAPHIQL_CSP, graphiqlPage } from './graphiql-page.ts';
import type { GraphqlDriverConfig } from './graphql.config.ts';
import { SharedAnswers } from './shared-answers.ts';

const BODY_LIMIT = 262_144;
const GRAPHQL_TYPE = 'application/graphql-response+json';

/**
 * Nest's Apollo driver with a door of its own: POST with JSON and nothing else, run in the context that the gateway sent
 * along (trace, deadline), and refusals of the HTTP layer in GraphQL's shape too.
 */
@Injectable()
export class BoundedApolloDriver extends ApolloDriver {
  private readonly log = new Logger('GraphQL');
  private readonly shared = new SharedAnswers();

  // Nest takes the parent's parameter types only from a constructor of our own.
  constructor(modules: ModulesContainer) {
    super(modules);
  }

  override async start(options: ApolloDriverConfig): Promise<void> {
    const { contextOf, page, ...config } = options as ApolloDriverConfig & GraphqlDriverConfig;
    const server = new ApolloServer<BaseContext>({
      ...config,
      typeDefs: undefined,
      resolvers: undefined,
      schema: config.schema!,
    });
    await server.start();
    this.apolloServer = server;
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>();
    const path = config.path!;
    fastify.route({
      method: 'POST',
      url: path,
      bodyLimit: BODY_LIMIT,
      errorHandler: (error, request, reply) => {
        if (statusOf(error) >= 500) this.log.error(error);
        void this.refuse(request, reply, statusOf(error), error.message);
      },
      handler: (request, reply) => {
        const left = Number(request.headers['x-timeout-ms'] ?? Number.NaN);
        const deadline = Number.isFinite(left) ? Date.now() + left : undefined;
        const context = contextFrom(header(request, 'traceparent'), deadline);
        return runInContext(context, () => this.answer(server, contextOf, request, reply));
      },
    });
    fastify.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: path,
      handler: (request, reply) => this.refuse(request, reply.header('allow', 'POST'), 405, 'Use POST.'),
    });
    if (page) this.servePage(fastify, graphiqlPage(page));
  }

  private async answer(
    server: ApolloServer<BaseContext>,
    contextOf: GraphqlDriverConfig['contextOf'],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const type = header(request, 'content-type') ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return this.refuse(request, reply, 415, 'Send application/json.');
    }
    const headers = new HeaderMap([['content-type', type]]);
    // Anything else gets JSON: Apollo would refuse it only after a mutation has had its effect.
    if (header(request, 'accept')?.includes(GRAPHQL_TYPE)) headers.set('accept', GRAPHQL_TYPE);
    const authorization = header(request, 'authorization');
    const execute = () =>
      server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: 'POST', headers, search: '', body: request.body },
        context: async () => contextOf(authorization),
      });
    const {
      status,
      headers: out,
      body,
    } = authorization === undefined
      ? await this.shared.of(request.body, headers.get('accept') ?? '', execute)
      : await execute();
    reply.header('cache-control', 'no-store');
    for (const [name, value] of out) reply.header(name, value);
    return reply.code(status ?? 200).send(textOf(body));
  }

  private refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    message: string,
  ): FastifyReply {
    const { traceId } = contextFrom(header(request, 'traceparent') ?? currentContext().traceparent);
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
    const text = status >= 500 ? 'Something went wrong on our side.' : message;
    return reply.code(status).send({ errors: [{ message: text, extensions: { code, traceId } }] });
  }

  private servePage(fastify: FastifyInstance, page: string): void {
    const show = (_: FastifyRequest, reply: FastifyReply) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', GRAPHIQL_CSP).send(page);
    fastify.get('/graphiql', show);
  }
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const statusOf = (error: FastifyError): number => error.statusCode ?? 500;

/** `@defer` and `@stream` are not in our schemas, so that every answer is complete. */
function textOf(body: HTTPGraphQLResponse['body']): string {
  if (body.kind !== 'complete') throw new Error('an incremental answer cannot be');
  return body.string;
}
