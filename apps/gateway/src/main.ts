import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { gatewayEnv } from './gateway.env.ts';
import { GatewayModule } from './gateway.module.ts';
import { configureServer, serverOptions } from './server.ts';

await startService(GatewayModule, gatewayEnv, { fastify: serverOptions, configure: configureServer });
