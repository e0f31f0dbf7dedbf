import { Module, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { MessagingModule } from '@caravan/messaging';
import { AccessService } from './access.service.ts';
import { AuthHandlers } from './auth.handlers.ts';
import { BffClient } from './bff.client.ts';
import { CompressionService } from './compression.service.ts';
import { ConnectionsService } from './connections.service.ts';
import { CorsService } from './cors.service.ts';
import { EdgeService } from './edge.service.ts';
import { FailuresService } from './failures.service.ts';
import { GraphiqlHandlers } from './graphiql.handlers.ts';
import { GraphqlHandlers } from './graphql.handlers.ts';
import { LimitsService } from './limits.service.ts';
import { PagesHandlers } from './pages.handlers.ts';
import { PicturesHandlers } from './pictures.handlers.ts';
import { PlacesService } from './places.service.ts';
import { ProblemsService } from './problems.service.ts';
import { ProxyService } from './proxy.service.ts';
import { RequestMetricsService } from './request-metrics.service.ts';
import { SigningKeysClient } from './signing-keys.client.ts';
import { SigningKeysHandlers } from './signing-keys.handlers.ts';
import { WebhooksHandlers } from './webhooks.handlers.ts';

export const controllers: Type[] = [
  GraphqlHandlers,
  GraphiqlHandlers,
  AuthHandlers,
  SigningKeysHandlers,
  WebhooksHandlers,
  PicturesHandlers,
  PagesHandlers,
];

export const providers: Provider[] = [
  { provide: APP_FILTER, useClass: ProblemsService },
  EdgeService,
  CompressionService,
  CorsService,
  FailuresService,
  AccessService,
  LimitsService,
  RequestMetricsService,
  ConnectionsService,
  PlacesService,
  ProxyService,
  BffClient,
  SigningKeysClient,
];

@Module({ imports: [MessagingModule.forClient('gateway')], controllers, providers })
export class GatewayModule {}
