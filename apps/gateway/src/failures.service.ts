import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { clientKey, type FailedOperation, operationNameIn } from '@caravan/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, register } from 'prom-client';
import { LogBudget } from './log-budget.ts';

const counter = () =>
  (register.getSingleMetric('gateway_failed_operations_total') as Counter | undefined) ??
  new Counter({
    name: 'gateway_failed_operations_total',
    help: 'Requests that were refused, failed, or answered with GraphQL errors, by route and first code',
    labelNames: ['route', 'code'],
  });

/** Codes that are this side's fault, not the client's. */
const FAULTS = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL_SERVER_ERROR']);
const CLIENT_GONE = 'gateway.client-gone';
const WINDOW_MS = 1_000;

/**
 * Counts every failed operation and logs it once, with the trace id that the client was told. A flood is counted whole
 * and logged in part: a few lines per client and second, the rest summed up by code.
 */
@Injectable()
export class FailuresService implements OnModuleDestroy {
  private readonly log = new Logger('Operations');
  private readonly total = counter();
  private readonly faults = new LogBudget();
  private readonly refusals = new LogBudget();
  private window: NodeJS.Timeout | undefined;

  /** An answer of the gateway itself. */
  refused(request: FastifyRequest, reply: FastifyReply, status: number, code: string): void {
    // The client has gone; what it gives up is not logged.
    if (request.raw.socket.destroyed) return this.total.inc({ route: routeOf(request), code: CLIENT_GONE });
    this.failed(request, reply, status, { codes: [code] });
  }

  /** An answer of an API with errors in it. */
  failed(request: FastifyRequest, reply: FastifyReply, status: number, failure: FailedOperation): void {
    const { caller, client, context } = request.edge;
    this.note(routeOf(request), status, failure, caller?.id ?? client, () => ({
      operation: failure.operation ?? nameOf(request),
      field: failure.field,
      ...(failure.codes.length > 1 && { codes: failure.codes }),
      ms: Math.round(reply.elapsedTime * 10) / 10,
      traceId: context.traceId,
      requestId: request.id,
      customerId: caller?.id,
    }));
  }

  /** An answer to what never became a request: not HTTP, too slow, too large. @param address of the socket */
  refusedRaw(
    status: number,
    code: string,
    address: string,
    ids: { traceId: string; requestId: string },
  ): void {
    this.note('unknown', status, { codes: [code] }, clientKey(address) ?? 'unknown', () => ids);
  }

  onModuleDestroy(): void {
    clearTimeout(this.window);
    this.sumUp();
  }

  private note(
    route: string,
    status: number,
    { codes }: FailedOperation,
    client: string,
    further: () => object,
  ): void {
    const code = codes[0] ?? `http.${status}`;
    this.total.inc({ route, code });
    const isFault = status >= 500 || codes.some((each) => FAULTS.has(each));
    const budget = isFault ? this.faults : this.refusals;
    this.window ??= setTimeout(() => this.sumUp(), WINDOW_MS).unref();
    if (!budget.allows(`${code} ${client}`, code)) return;
    const line = { msg: 'operation failed', code, status, route, ...further() };
    if (isFault) this.log.warn(line);
    else this.log.log(line);
  }

  private sumUp(): void {
    this.window = undefined;
    for (const budget of [this.faults, this.refusals]) {
      for (const [code, count] of budget.renew())
        this.log.warn({ msg: 'more operations failed than are logged one by one', code, count });
    }
  }
}

const routeOf = (request: FastifyRequest): string => request.edge.route ?? 'unknown';

/** Read only when something failed: the body, where it has come, or the URL. */
function nameOf(request: FastifyRequest): string | undefined {
  if (!routeOf(request).endsWith('/graphql')) return undefined;
  try {
    const asked = Buffer.isBuffer(request.body)
      ? (JSON.parse(request.body.toString('utf8')) as Record<string, unknown>)
      : Object.fromEntries(new URLSearchParams(request.raw.url!.split('?')[1]));
    const { query, operationName } = asked;
    return operationNameIn(typeof query === 'string' ? query : '', operationName);
  } catch {
    return undefined;
  }
}
