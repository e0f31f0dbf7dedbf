import { Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CustomTransportStrategy, Server } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { enableFaultPoints } from './fault-points.ts';
import { Lifecycle } from './lifecycle.ts';
import { ManagementModule } from './management.module.ts';
import { PlatformModule } from './platform.module.ts';
import { commitSabotage } from './sabotage.ts';
import { type CommonEnv, readEnv, type ServiceEnv } from './service.env.ts';
import { createLog, ServiceLogger } from './service.logger.ts';

/** Injection token under which a messaging module offers the transport that brings messages to the service's handlers. */
export const TRANSPORT = Symbol('TRANSPORT');

export interface ServiceOptions {
  /** Options of the HTTP server of a service that has a PORT. */
  readonly fastify?: FastifyServerOptions;
  /** Last words to the Nest application before it starts: hooks, parsers, global filters. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Where the environment is read from; the process's own by default. */
  readonly source?: Record<string, string | undefined>;
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly lifecycle: Lifecycle;
  /** `http://host:port` of the management port. */
  readonly managementUrl: string;
  /** Drains and closes; ends when nothing of the service is left. */
  stop(): Promise<void>;
}

/**
 * Starts a service inside this process, without touching the process itself: tests and the single-process shape use it.
 * @throws EnvironmentError when the environment has mistakes; whatever a module's start throws.
 */
export async function runService(
  module: Type,
  env: ServiceEnv,
  options: ServiceOptions = {},
): Promise<RunningService> {
  const settings = readEnv(env, options.source ?? process.env);
  if (settings.FAULT_POINTS) enableFaultPoints();
  if (settings.SABOTAGE) commitSabotage(settings.SABOTAGE);
  const logger = new ServiceLogger(createLog(env.service, settings.REPLICA, settings.LOG_LEVEL));
  const lifecycle = new Lifecycle();
  const management = await startManagement(env.service, settings, lifecycle, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: class Root {}, imports: [PlatformModule.for(env.service, settings, lifecycle), module] },
    new FastifyAdapter(options.fastify),
    { logger, abortOnError: false },
  ).catch(async (error: unknown) => {
    await management.close();
    logger.flush();
    throw error;
  });
  await options.configure?.(app);
  const strategy = app.get<(Server & CustomTransportStrategy) | null>(TRANSPORT, { strict: false });
  if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  const port = (settings as { PORT?: number }).PORT;
  if (port !== undefined) await app.listen(port, settings.HOST);
  lifecycle.markStarted();
  const log = new Logger('Service');
  log.log(`${env.service} is ready`);

  const stop = async () => {
    log.log(
      `${env.service} is stopping: no new work, up to ${settings.SHUTDOWN_GRACE_MS} ms for what is in flight`,
    );
    // Fastify stops accepting and waits for its requests only in close(); as part of the drain it must not wait behind it.
    if (port !== undefined) lifecycle.onDrain('in-flight', () => stopHttp(app));
    for (const error of await lifecycle.drain(settings.SHUTDOWN_GRACE_MS)) log.error(error);
    await app.close();
    await management.close();
    logger.flush();
  };
  return { app, lifecycle, managementUrl: await management.getUrl(), stop };
}

/**
 * A service's whole `main.ts`: reads the environment, starts the service with its management port, and takes it down
 * in the right order on SIGTERM or SIGINT. Ends the process with 78 for a bad environment, 1 for a failed start.
 */
export async function startService(
  module: Type,
  env: ServiceEnv,
  options: ServiceOptions = {},
): Promise<void> {
  let service: RunningService | undefined;
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void (service?.stop() ?? Promise.resolve()).then(() => process.exit(0), fail(env.service, 1));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', fail(env.service, 1));
  process.on('uncaughtException', fail(env.service, 1));
  try {
    service = await runService(module, env, options);
  } catch (error) {
    fail(env.service, (error as Error).name === 'EnvironmentError' ? 78 : 1)(error);
  }
}

/** Written past the logger: the line must be out before the process is gone. */
const fail = (service: string, code: number) => (error: unknown) => {
  const text =
    error instanceof Error
      ? error.name === 'EnvironmentError'
        ? error.message
        : error.stack
      : String(error);
  process.stderr.write(`${service} ends: ${text}\n`);
  process.exit(code);
};

async function stopHttp(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  server.closeIdleConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

async function startManagement(
  service: string,
  settings: CommonEnv,
  lifecycle: Lifecycle,
  logger: ServiceLogger,
) {
  const module = ManagementModule.for(service, lifecycle, settings.FAULT_POINTS === 'on');
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: false,
  });
  app.useLogger(logger);
  await app.listen(settings.MANAGEMENT_PORT, settings.HOST);
  return app;
}
