import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { currentTraceId } from './context.ts';

/** The process's log: pretty on a terminal, JSON lines elsewhere, never written synchronously per line. */
export function createLog(service: string, replica: number, level: string): Logger {
  const options = {
    level,
    base: { service, replica, pid: process.pid },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId ? { traceId } : {};
    },
  };
  if (process.stdout.isTTY) return pino({ ...options, transport: { target: 'pino-pretty' } });
  return pino(options, gathering(pino.destination({ fd: 1, sync: false, minLength: 4096 })));
}

/** Lines wait in the buffer for company, but not longer than this. */
const WAIT_MS = 500;

/** Writes a line that stays alone too; a process that says nothing is not woken up for it. */
function gathering(destination: ReturnType<typeof pino.destination>): DestinationStream {
  let waiting: NodeJS.Timeout | undefined;
  const flush = (): void => {
    waiting = undefined;
    // Without a callback: with one, every flush is an fsync.
    destination.flush();
  };
  return {
    write(line) {
      destination.write(line);
      waiting ??= setTimeout(flush, WAIT_MS).unref();
    },
  };
}

/** What Nest tells about its own start is of interest to nobody who runs a service. */
const CHATTER = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Nest has one logger a process: which of several services in it is speaking, this tells. */
const speaking = new AsyncLocalStorage<Logger>();

/** Runs `work` so that what it logs, now or later, is said by the service of this logger. */
export function asService<T>({ pino }: ServiceLogger, work: () => T): T {
  return speaking.run(pino, work);
}

/** Nest's logger on pino: `Logger` of @nestjs/common keeps working, its context becomes a field. */
@Injectable()
export class ServiceLogger implements LoggerService {
  constructor(readonly pino: Logger) {}

  log = (message: unknown, ...rest: unknown[]) => this.write('info', message, rest);
  verbose = (message: unknown, ...rest: unknown[]) => this.write('trace', message, rest);
  debug = (message: unknown, ...rest: unknown[]) => this.write('debug', message, rest);
  warn = (message: unknown, ...rest: unknown[]) => this.write('warn', message, rest);
  error = (message: unknown, ...rest: unknown[]) => this.write('error', message, rest);
  fatal = (message: unknown, ...rest: unknown[]) => this.write('fatal', message, rest);

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const log = speaking.getStore() ?? this.pino;
    if (!log.isLevelEnabled(level)) return;
    if (level === 'info' && CHATTER.has(String(rest.at(-1)))) level = 'debug';
    // Nest passes the context last; errors and their stacks may stand between.
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const err = [message, ...rest].find((part) => part instanceof Error);
    const stack = err
      ? undefined
      : rest.find((part) => typeof part === 'string' && part.includes('\n    at '));
    const fields = {
      ...(context && { context }),
      ...(err !== undefined && { err }),
      ...(stack !== undefined && { stack }),
    };
    if (message instanceof Error) log[level](fields, message.message);
    else if (typeof message === 'string') log[level](fields, message);
    else log[level]({ ...fields, ...(message as object) });
  }
}
