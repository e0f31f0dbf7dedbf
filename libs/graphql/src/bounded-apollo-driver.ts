import {
  ApolloServer,
  type ApolloServerOptionsWithGateway,
  HeaderMap,
  type BaseContext,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import {
  type Context,
  contextFrom,
  currentContext,
  FAILED_OPERATION,
  preferredType,
  runInContext,
  tellFailure,
} from '@caravan/platform';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { type Asked, DirectAnswers } from './direct-answers.ts';
import { CompiledDocuments } from './execution/compiled-documents.ts';
import { GRAPHIQL_CSP, graphiqlPage } from './graphiql-page.ts';
import type { GraphqlDriverConfig } from './graphql.config.ts';
import { etagOf, FOR_NO_CACHE, GET_VARIES_BY, isKnown, PUBLIC_FOR_A_MOMENT } from './http-cache.ts';
import { currentLanguage, inLanguage, languageOf } from './language.ts';
import type { RequestContext } from './request-context.ts';
import { isFlawless, SharedAnswers } from './shared-answers.ts';

const BODY_LIMIT = 262_144;
const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/** What answers at the routes. */
interface Answering {
  readonly server: ApolloServer<BaseContext>;
  readonly direct: DirectAnswers;
  readonly contextOf: GraphqlDriverConfig['contextOf'];
}

/**
 * Nest's Apollo driver with HTTP routes of its own: POST with JSON, GET for queries, both run in the context that the
 * gateway sent along (trace, deadline); refusals of the HTTP layer have GraphQL's shape too.
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
    const { contextOf, page, execution, ...config } = options as ApolloDriverConfig & GraphqlDriverConfig;
    const schema = config.schema!;
    const compiled = new CompiledDocuments(schema, execution);
    const server = new ApolloServer<BaseContext>({
      ...config,
      typeDefs: undefined,
      resolvers: undefined,
      schema: undefined,
      gateway: executorOf(schema, compiled),
    });
    await server.start();
    this.apolloServer = server;
    const direct = new DirectAnswers(config.documentStore, compiled);
    const answering: Answering = { server, direct, contextOf };
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
      handler: (request, reply) =>
        inRequest(request, () => {
          const type = header(request, 'content-type');
          if (!isJson(type)) return this.refuse(request, reply, 415, 'Send application/json.');
          reply.header('cache-control', 'no-store').header('vary', 'Accept-Language');
          const asked = { method: 'POST', search: '', body: request.body };
          return this.answer(answering, asked, request, reply);
        }),
    });
    fastify.route({
      method: 'GET',
      url: path,
      handler: (request, reply) =>
        inRequest(request, () => {
          const type = header(request, 'content-type');
          // The simple types of forms, which pages of other origins can send (Apollo's rule against CSRF).
          if (type !== undefined && !isJson(type))
            return this.refuse(request, reply, 415, 'A GET has no body.');
          reply.header('vary', GET_VARIES_BY).header('cache-control', FOR_NO_CACHE);
          const asked = { method: 'GET', search: searchOf(request), body: undefined };
          return this.answer(answering, asked, request, reply);
        }),
    });
    fastify.route({
      method: ['PUT', 'PATCH', 'DELETE'],
      url: path,
      handler: (request, reply) =>
        this.refuse(request, reply.header('allow', 'GET, POST'), 405, 'Use POST, or GET for queries.'),
    });
    if (page) this.servePage(fastify, graphiqlPage(page));
  }

  private async answer(
    { server, direct, contextOf }: Answering,
    asked: Asked,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    // Anything else gets JSON: Apollo would refuse it only after a mutation has had its effect.
    const form = preferredType(header(request, 'accept'), [JSON_TYPE, GRAPHQL_TYPE]) ?? JSON_TYPE;
    const authorization = header(request, 'authorization');
    const execute = async () => {
      const context = contextOf(authorization);
      const answer = await direct.answer(asked, form, context);
      if (answer) return answer;
      const headers = new HeaderMap([['content-type', JSON_TYPE]]);
      if (form === GRAPHQL_TYPE) headers.set('accept', GRAPHQL_TYPE);
      const httpGraphQLRequest = { ...asked, headers };
      return server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
    };
    const answer =
      authorization === undefined
        ? await this.shared.of(asked.body ?? textOf(asked.search), `${form} ${currentLanguage()}`, execute)
        : await execute();
    reply.header('content-language', currentLanguage());
    for (const [name, value] of answer.headers) if (name !== 'cache-control') reply.header(name, value);
    const text = wholeOf(answer.body);
    const cacheable = asked.method === 'GET' && authorization === undefined && isFlawless(answer);
    if (!cacheable) return reply.code(answer.status ?? 200).send(text);
    const etag = etagOf(text);
    reply.header('cache-control', PUBLIC_FOR_A_MOMENT).header('etag', etag);
    return isKnown(etag, header(request, 'if-none-match')) ? reply.code(304).send() : reply.send(text);
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
    return reply
      .code(status)
      .header(FAILED_OPERATION, tellFailure({ codes: [code] }))
      .send({ errors: [{ message: text, extensions: { code, traceId } }] });
  }

  private servePage(fastify: FastifyInstance, page: string): void {
    const show = (_: FastifyRequest, reply: FastifyReply) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', GRAPHIQL_CSP).send(page);
    fastify.get('/graphiql', show);
  }
}

/** Apollo takes an executor of ours from a gateway only. This one is nothing but that. */
function executorOf(
  schema: GraphQLSchema,
  compiled: CompiledDocuments,
): ApolloServerOptionsWithGateway<BaseContext>['gateway'] {
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: async () => ({
      executor: async ({ document, request, context }) => {
        const contextValue = context as RequestContext;
        const { operationName, variables: variableValues } = request;
        return (
          contextValue.executed ?? compiled.execute({ document, operationName, variableValues, contextValue })
        );
      },
    }),
    stop: async () => undefined,
  };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The trace and the deadline that the gateway sent along. */
function contextOfRequest(request: FastifyRequest): Context {
  const left = Number(request.headers['x-timeout-ms'] ?? Number.NaN);
  const deadline = Number.isFinite(left) ? performance.now() + left : undefined;
  return contextFrom(header(request, 'traceparent'), deadline);
}

/** Runs `work` in the request's context and language. */
function inRequest<T>(request: FastifyRequest, work: () => T): T {
  const language = languageOf(header(request, 'accept-language'));
  return runInContext(contextOfRequest(request), () => inLanguage(language, work));
}

const isJson = (type = ''): boolean => /^application\/json\s*(;|$)/i.test(type);

const searchOf = ({ url }: FastifyRequest): string => {
  const query = url.indexOf('?');
  return query === -1 ? '' : url.slice(query);
};

/** A GET as shared answers know requests: its text, and all that it depends on. */
const textOf = (search: string) => ({ query: new URLSearchParams(search).get('query') ?? undefined, search });

const statusOf = (error: FastifyError): number => error.statusCode ?? 500;

/** `@defer` and `@stream` are not in our schemas, so that every answer is complete. */
function wholeOf(body: HTTPGraphQLResponse['body']): string {
  if (body.kind !== 'complete') throw new Error('an incremental answer cannot be');
  return body.string;
}
