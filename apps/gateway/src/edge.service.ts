import { Inject, Injectable } from '@nestjs/common';
import { Code, Failure } from '@caravan/contracts';
import { contextFrom, ENV } from '@caravan/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessService } from './access.service.ts';
import { BODY_LIMIT } from './bounds.ts';
import { CorsService } from './cors.service.ts';
import type { Edge } from './edge.ts';
import type { GatewayEnv } from './gateway.env.ts';
import { FailuresService } from './failures.service.ts';
import {
  bodyTooLarge,
  methodNotAllowed,
  noCompression,
  notFound,
  notImplemented,
  noWebSocketYet,
  onlyJson,
  overloaded,
} from './gateway.errors.ts';
import { checkHead, clientAddress, isJsonInUtf8, limitKey } from './header.ts';
import { LimitsService } from './limits.service.ts';
import { RequestMetricsService } from './request-metrics.service.ts';
import { problemOf } from './problem.ts';
import { Routes } from './routes.ts';
import { SocketsService } from './sockets.service.ts';
import { Visit, Visits } from './visit.ts';

type Verdict = undefined | Failure | Promise<undefined | Failure>;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const NO_SNIFFING = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** What every request passes before its body is read: names, bounds, limits, who asks. */
@Injectable()
export class EdgeService {
  private readonly routes = new Routes();
  private readonly visits = new Visits();

  constructor(
    @Inject(ENV) private readonly env: GatewayEnv,
    private readonly limits: LimitsService,
    private readonly access: AccessService,
    private readonly metrics: RequestMetricsService,
    private readonly sockets: SocketsService,
    private readonly cors: CorsService,
    private readonly failures: FailuresService,
  ) {}

  /** Stands itself in front of all routes. To be called before there are any. */
  guard(fastify: FastifyInstance): void {
    fastify.decorateRequest('edge');
    fastify.addHook('onRoute', ({ url, method }) => this.routes.add(url, method));
    fastify.addHook('onRequest', (request, reply, done) => this.admit(request, reply, done));
    this.sockets.guard(fastify.server);
  }

  /** Answers without going further in. */
  refuse(request: FastifyRequest, reply: FastifyReply, failure: Failure): void {
    const path = request.url.split('?', 1)[0]!.slice(0, 256);
    const { status, headers, body } = problemOf(failure, path, request.edge.context.traceId);
    this.failures.refused(request, reply, status, status === 500 ? Code.internal : failure.code);
    void reply.code(status).headers(headers).send(body);
  }

  private admit(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const { headers, socket } = request.raw;
    const deadline = performance.now() + this.env.REQUEST_DEADLINE_MS;
    const forwardedFor = headers['x-forwarded-for'] as string | undefined;
    const address = clientAddress(socket.remoteAddress ?? '', forwardedFor, this.env.TRUST_PROXY_HOPS);
    const visit = new Visit(() => this.metrics.end(request, reply));
    request.edge = {
      context: contextFrom(headers.traceparent as string | undefined, deadline),
      address,
      visit,
    } satisfies Edge;
    this.visits.begin(socket, visit);
    reply.raw.once('close', () => this.visits.end(socket, visit));
    reply.headers(NO_SNIFFING).header('x-request-id', request.id);
    this.cors.mark(request, reply);
    this.metrics.begin();
    let verdict: Verdict;
    try {
      checkHead(request.raw.url!, request.raw.rawHeaders);
      verdict = this.judge(request);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      verdict = error;
    }
    if (verdict instanceof Promise) {
      void verdict.then((failure) => this.settle(request, reply, failure, done));
    } else {
      this.settle(request, reply, verdict, done);
    }
  }

  private settle(
    request: FastifyRequest,
    reply: FastifyReply,
    failure: Failure | undefined,
    done: () => void,
  ) {
    if (failure !== undefined) return this.refuse(request, reply, failure);
    if (request.method === 'OPTIONS') {
      const allow = this.routes.allowed(request.raw.url!) ?? '';
      this.cors.permit(request, reply, allow);
      return void reply.code(204).header('allow', allow).send();
    }
    done();
  }

  private judge(request: FastifyRequest): Verdict {
    if (this.env.MAX_IN_FLIGHT > 0 && this.metrics.inFlight > this.env.MAX_IN_FLIGHT) return overloaded();
    const key = limitKey(request.edge.address);
    return after(this.limits.address.take(key), () => {
      if (!METHODS.has(request.method)) return notImplemented(request.method);
      if (request.method === 'OPTIONS') return undefined;
      if (request.is404 || isWebSocket(request)) return this.judgeUnknown(request, key);
      const unfit = request.method === 'POST' ? unfitBody(request) : undefined;
      if (unfit !== undefined) return unfit;
      const { url } = request.routeOptions;
      if (url!.startsWith('/v1/auth/')) return this.limits.auth.take(key);
      return isApi(url!) ? this.access.identify(request) : undefined;
    });
  }

  private judgeUnknown(request: FastifyRequest, key: string): Verdict {
    const webSocket = isWebSocket(request);
    const allow = webSocket ? undefined : this.routes.allowed(request.raw.url!);
    if (allow !== undefined) return methodNotAllowed(allow);
    return after(this.limits.unknownPaths.take(key), webSocket ? noWebSocketYet : notFound);
  }
}

/** Goes on with `next` when the first verdict lets the request pass, at once where it can. */
function after(first: Verdict, next: () => Verdict): Verdict {
  if (first instanceof Promise) return first.then((failure) => failure ?? next());
  return first ?? next();
}

const isApi = (url: string): boolean => url === '/web/graphql' || url === '/mobile/graphql';

const isWebSocket = ({ raw }: FastifyRequest): boolean => raw.headers.upgrade?.toLowerCase() === 'websocket';

function unfitBody({ raw: { headers } }: FastifyRequest): Failure | undefined {
  const length = Number(headers['content-length'] ?? 0);
  if (length > BODY_LIMIT) return bodyTooLarge(BODY_LIMIT, length);
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return noCompression();
  const empty = length === 0 && headers['transfer-encoding'] === undefined;
  if (headers['content-type'] === undefined && empty) return undefined;
  return isJsonInUtf8(headers['content-type'] ?? '') ? undefined : onlyJson();
}
