import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { Logger } from '@nestjs/common';
import type { GraphQLFormattedError } from 'graphql';
import { DocumentCache } from './document-cache.ts';
import { DOCUMENT_LIMITS, documentLimitsRule } from './document-limits.ts';
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
}

/** Errors that the answer to a refused document or its variables holds at most. */
const MAX_ERRORS = 10;

type Formatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Everything that bounds and hides, written out rather than left to NODE_ENV. */
export function graphqlConfig(
  production: boolean,
  own: GraphqlDriverConfig,
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
    async willSendResponse({ response, contextValue }) {
      if (response.body.kind !== 'single') return;
      const result = response.body.singleResult;
      if (result.data === undefined) {
        const inside = result.errors?.some(
          ({ extensions }) => extensions?.['code'] === 'INTERNAL_SERVER_ERROR',
        );
        const status = response.http.status ?? 400;
        response.http.status = inside ? 500 : status >= 400 && status < 500 ? status : 400;
        result.errors = result.errors?.slice(0, MAX_ERRORS);
        return;
      }
      const { missing } = contextValue as RequestContext;
      if (missing.length === 0) return;
      const gaps = missing.map((gap) =>
        formatError({ message: gap.message, locations: gap.locations, path: gap.path }, gap),
      );
      result.errors = [...(result.errors ?? []), ...gaps];
    },
  };
  return { requestDidStart: async () => listener };
}
