import { GetSigningKeys } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { ENV, TokenVerifier } from '@caravan/platform';
import { type ArgumentsHost, Catch, type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, BaseExceptionFilter } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { BoundedApolloDriver } from './bounded-apollo-driver.ts';
import { CallerGuard } from './caller-guard.ts';
import type { GraphiqlOptions } from './graphiql-page.ts';
import { AUDIENCE, type GraphqlApiEnv } from './graphql-api.env.ts';
import { graphqlConfig } from './graphql.config.ts';
import { RequestContext } from './request-context.ts';

/** GraphQL errors go on to the formatter, which alone decides what is told and what is logged. */
@Catch()
class PassingFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() === 'graphql') throw error;
    super.catch(error, host);
  }
}

@Module({
  providers: [
    {
      provide: TokenVerifier,
      inject: [ENV, MessageClient],
      useFactory: (env: GraphqlApiEnv, client: MessageClient) =>
        new TokenVerifier(() => client.ask(GetSigningKeys, {}, { reads: true }), {
          issuer: env.ISSUER,
          audience: AUDIENCE,
        }),
    },
  ],
  exports: [TokenVerifier],
})
class VerifierModule {}

/** A BFF's GraphQL API: bounded, closed by default, its errors in the contract's words. */
@Module({})
export class GraphqlApiModule {
  /** @param page what /graphiql shows outside of production */
  static forApi(page: GraphiqlOptions): DynamicModule {
    const graphql = GraphQLModule.forRootAsync({
      driver: BoundedApolloDriver,
      imports: [VerifierModule],
      inject: [ENV, MessageClient, TokenVerifier],
      useFactory: (env: GraphqlApiEnv, client: MessageClient, tokens: TokenVerifier) => {
        const production = env.NODE_ENV === 'production';
        return graphqlConfig(production, {
          contextOf: (authorization) => new RequestContext(client, tokens, authorization),
          ...(production ? {} : { page }),
          ...(env.GRAPHQL_EXECUTION && { execution: env.GRAPHQL_EXECUTION }),
        });
      },
    });
    return {
      module: GraphqlApiModule,
      imports: [graphql],
      providers: [
        { provide: APP_GUARD, useClass: CallerGuard },
        { provide: APP_FILTER, useClass: PassingFilter },
      ],
    };
  }
}
