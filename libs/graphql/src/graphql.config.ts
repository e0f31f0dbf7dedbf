import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { FAILED_OPERATION, tellFailure } from '@caravan/platform';
import { Logger } from '@nestjs/common';
import { type FieldNode, type GraphQLFormattedError, Kind } from 'graphql';
import { DocumentCache } from './document-cache.ts';
import { DOCUMENT_LIMITS, documentLimitsRule } from './document-limits.ts';
import type { ExecutionMode } from './execution/compiled-documents.ts';
import type { GraphiqlOptions } from './graphiql-page.ts';
import { costOf, refuseCostly } from './operation-cost.ts';
import { errorFormatter } from './public-errors.ts';
import { RequestContext } from './request-context.ts';

/** What our driver takes on top of Apollo's options. */
export interface GraphqlDriverConfig {
  /** Makes the context of a request from its Authorization header. */
  readonly contextOf: (authorization: string | undefined) => RequestContext;
  /** The page at /graphiql; absent in production. */
  readonly page?: GraphiqlOptions;
  /** Documents that were found valid. */
  readonly documentStore: DocumentCache;
  /** Tests force one of the paths. */
  readonly execution?: ExecutionMode;
}

/** Errors that the answer to a refused document or its variables holds at most. */
const MAX_ERRORS = 10;

type Formatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Everything that bounds and hides, written out rather than left to NODE_ENV. */
export function graphqlConfig(
  production: boolean,
  own: Omit<GraphqlDriverConfig, 'documentStore'>,
): Omit<ApolloDriverConfig, 'driver'> & GraphqlDriverConfig {
  const logger = new Logger('GraphQL');
  const formatError = errorFormatter((error) => logger.error(error), production);
  return {
    ...own,
    path: '/graphql',
    autoSchemaFile: true,
    nodeEnv: production ? 'production' : 'development',
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    graphiql: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnApplicationShutdown: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: DOCUMENT_LIMITS.tokens },
    validationRules: [documentLimitsRule()],
    validationOptions: { maxErrors: MAX_ERRORS },
    documentStore: new DocumentCache(),
    cache: 'bounded',
    logger: {
      debug: (message: unknown) => logger.debug(message),
      info: (message: unknown) => logger.log(message),
      warn: (message: unknown) => logger.warn(message),
      error: (message: unknown) => logger.error(message),
    },
    formatError,
    autoTransformHttpErrors: false,
    preserveHttpStatusForExecutionErrors: false,
    // Cache hints would wrap every resolver of the schema; nothing here may be cached by others anyway.
    plugins: [ApolloServerPluginCacheControlDisabled(), boundsPlugin(formatError)],
  };
}

/** Refuses what costs too much, adds the errors of missing parts, and answers 400 for what was never executed. */
function boundsPlugin(formatError: Formatter): ApolloServerPlugin<BaseContext> {
  const listener: Awaited<ReturnType<NonNullable<ApolloServerPlugin['requestDidStart']>>> = {
    async didResolveOperation({ schema, document, operation, request }) {
      if (operation) refuseCostly(costOf(schema, document, operation, request.variables ?? {}));
    },
    async willSendResponse({ response, contextValue, request, operation }) {
      if (response.body.kind !== 'single') return;
      const { http } = response;
      const result = response.body.singleResult;
      const context = contextValue as RequestContext;
      if (context.hasToken && (await context.hasExpiredToken()))
        result.extensions = { ...result.extensions, token: 'expired' };
      if (result.data === undefined) {
        http.status = statusOfRefusal(result.errors ?? [], http.status);
        result.errors = result.errors?.slice(0, MAX_ERRORS);
      } else if (context.missing.length > 0) {
        const gaps = context.missing.map((gap) =>
          formatError({ message: gap.message, locations: gap.locations, path: gap.path }, gap),
        );
        result.errors = [...(result.errors ?? []), ...gaps];
      }
      if (!result.errors?.length) return;
      const root = operation?.selectionSet.selections.find(({ kind }) => kind === Kind.FIELD);
      const told = tellFailure({
        operation: request.operationName ?? operation?.name?.value,
        field: (root as FieldNode | undefined)?.name.value,
        codes: codesOf(result.errors),
      });
      http.headers.set(FAILED_OPERATION, told);
    },
  };
  return { requestDidStart: async () => listener };
}

const codesOf = (errors: readonly GraphQLFormattedError[]): string[] =>
  errors.map(({ extensions }) => String(extensions?.['code']));

/** 400, or what Apollo chose of the 4xx, for what was never executed; 500 when that was this side's fault. */
function statusOfRefusal(errors: readonly GraphQLFormattedError[], status = 400): number {
  if (codesOf(errors).includes('INTERNAL_SERVER_ERROR')) return 500;
  return status >= 400 && status < 500 ? status : 400;
}
