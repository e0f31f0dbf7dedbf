import { Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CustomTransportStrategy, Server } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { hearSocketErrors } from './client-sockets.ts';
import { enableFaultPoints } from './fault-points.ts';
import { drainHttp, hasHttp, listen } from './http-server.ts';
import { endsBefore, Lifecycle } from './lifecycle.ts';
import { listenWhenFree } from './management-port.ts';
import { ManagementModule } from './management.module.ts';
import { PlatformModule } from './platform.module.ts';
import { commitSabotage } from './sabotage.ts';
import { forgetStart } from './memory.ts';
import { type CommonEnv, readEnv, type ServiceEnv } from './service.env.ts';
import { asService, createLog, ServiceLogger } from './service.logger.ts';

/** Injection token under which a messaging module offers the transport that brings messages to the service's handlers. */
export const TRANSPORT = Symbol('TRANSPORT');

/** How long the closing of what the drain has left idle may take. */
const CLOSE_MS = 1_000;

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
  return asService(logger, () => run(module, env, settings, logger, options));
}

async function run(
  module: Type,
  env: ServiceEnv,
  settings: CommonEnv,
  logger: ServiceLogger,
  options: ServiceOptions,
): Promise<RunningService> {
  const lifecycle = new Lifecycle();
  const management = await startManagement(env.service, settings, lifecycle, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: class Root {}, imports: [PlatformModule.for(env.service, settings, lifecycle), module] },
    new FastifyAdapter(options.fastify),
    { logger, abortOnError: false },
  ).catch(async (error: unknown) => {
    await management.close();
    throw error;
  });
  const http = hasHttp(settings) ? settings : undefined;
  hearSocketErrors(app.getHttpServer());
  if (http) drainHttp(app, lifecycle, http.DRAIN_LINGER_MS);
  const close = () => app.close().then(() => management.close());
  try {
    await options.configure?.(app);
    const strategy = app.get<(Server & CustomTransportStrategy) | null>(TRANSPORT, { strict: false });
    if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.init();
    await app.startAllMicroservices();
    if (http) await listen(app, http);
    lifecycle.markStarted();
  } catch (error) {
    // What has begun to run ends with the start that failed.
    const ended = lifecycle.drain(settings.SHUTDOWN_GRACE_MS).then(close);
    await endsBefore(
      ended.catch(() => undefined),
      CLOSE_MS,
    );
    throw error;
  }
  const log = new Logger('Service');
  log.log(`${env.service} is ready`);

  const stop = async () => {
    log.log(
      `${env.service} is stopping: no new work, up to ${settings.SHUTDOWN_GRACE_MS} ms for what is in flight`,
    );
    for (const error of await lifecycle.drain(settings.SHUTDOWN_GRACE_MS)) log.error(error);
    if (!(await endsBefore(close(), CLOSE_MS))) log.error('Something still held on; it is left behind');
  };
  return { app, lifecycle, managementUrl: await management.getUrl(), stop };
}

/**
 * A service's whole `main.ts`: reads the environment, starts the service with its management port, and takes it down
 * in the right order on SIGTERM or SIGINT. Ends the process with 78 for a bad environment, 1 for a failed start.
 */
export function startService(module: Type, env: ServiceEnv, options: ServiceOptions = {}): Promise<void> {
  return holdProcess(env.service, () => runService(module, env, options));
}

/** The same for whatever can be stopped: one service, or several in one process. @param name who ends, in its last words */
export async function holdProcess(
  name: string,
  start: () => Promise<{ stop: () => Promise<void> }>,
): Promise<void> {
  let running: { stop: () => Promise<void> } | undefined;
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void (running?.stop() ?? Promise.resolve()).then(() => process.exit(0), fail(name, 1));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', fail(name, 1));
  process.on('uncaughtException', fail(name, 1));
  try {
    running = await start();
    forgetStart();
  } catch (error) {
    fail(name, (error as Error).name === 'EnvironmentError' ? 78 : 1)(error);
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
  hearSocketErrors(app.getHttpServer());
  const { MANAGEMENT_HOST, INSTANCE_ID, MANAGEMENT_PORT, MANAGEMENT_PORT_MEANWHILE } = settings;
  const fastify = app.getHttpAdapter().getInstance();
  if (INSTANCE_ID !== undefined)
    fastify.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-instance-id', INSTANCE_ID);
      done();
    });
  await app.listen(MANAGEMENT_PORT_MEANWHILE ?? MANAGEMENT_PORT, MANAGEMENT_HOST);
  if (MANAGEMENT_PORT_MEANWHILE === undefined) return app;
  const later = listenWhenFree(MANAGEMENT_PORT, MANAGEMENT_HOST, (request, response) =>
    fastify.routing(request, response),
  );
  app.getHttpServer().once('close', () => later.close());
  return app;
}
