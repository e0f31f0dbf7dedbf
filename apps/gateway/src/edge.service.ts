import { Inject, Injectable } from '@nestjs/common';
import { Code, Failure } from '@caravan/contracts';
import { contextFrom, ENV } from '@caravan/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessService } from './access.service.ts';
import { BODY_LIMIT } from './bounds.ts';
import { type Connection, ConnectionsService } from './connections.service.ts';
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
import { checkHead, clientBehind, isJsonInUtf8, isPlainlySpelled, pathOf } from './header.ts';
import { LimitsService } from './limits.service.ts';
import { PlacesService } from './places.service.ts';
import { RequestMetricsService } from './request-metrics.service.ts';
import { problemOf } from './problem.ts';
import { Routes } from './routes.ts';
import { Visit } from './visit.ts';

type Verdict = undefined | Failure | Promise<undefined | Failure>;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const NO_SNIFFING = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** What every request passes before its body is read: names, bounds, limits, who asks. */
@Injectable()
export class EdgeService {
  private readonly routes = new Routes();

  constructor(
    @Inject(ENV) private readonly env: GatewayEnv,
    private readonly limits: LimitsService,
    private readonly access: AccessService,
    private readonly metrics: RequestMetricsService,
    private readonly connections: ConnectionsService,
    private readonly places: PlacesService,
    private readonly cors: CorsService,
    private readonly failures: FailuresService,
  ) {}

  /** Stands itself in front of all routes. To be called before there are any. */
  guard(fastify: FastifyInstance): void {
    fastify.decorateRequest('edge');
    fastify.addHook('onRoute', ({ url, method }) => this.routes.add(url, method));
    fastify.addHook('onRequest', (request, reply, done) =>
      this.inTurn(request, reply, () => this.judge(request), done),
    );
    fastify.addHook('preValidation', (request, reply, done) => {
      const { visit, caller } = request.edge;
      if (this.places.take(visit, caller?.id ?? '')) done();
      else this.refuse(request, reply, overloaded());
    });
    this.connections.guard(fastify.server);
  }

  /** Answers without going further in. A request that has not passed the edge yet is admitted first. */
  refuse(request: FastifyRequest, reply: FastifyReply, failure: Failure): void {
    if (!hasEdge(request)) return this.refuseUnrouted(request, reply, failure);
    const path = pathOf(request.url).slice(0, 256);
    const { status, headers, body } = problemOf(failure, path, request.edge.context.traceId);
    this.failures.refused(request, reply, status, status === 500 ? Code.internal : failure.code);
    void reply.code(status).headers(headers).send(body);
  }

  /**
   * Answers a request that reaches no route and none of the hooks above: the router cannot read its URL, or the
   * framework refuses its target before them (`GET *`). It counts as one to an unknown path.
   */
  refuseUnrouted(request: FastifyRequest, reply: FastifyReply, failure: Failure): void {
    const verdict = () => after(this.limits.unknownPaths.take(request.edge.client), () => failure);
    this.inTurn(request, reply, verdict, () => undefined, false);
  }

  private inTurn(
    request: FastifyRequest,
    reply: FastifyReply,
    judge: () => Verdict,
    done: () => void,
    hasRoute = true,
  ): void {
    this.connections.inTurn(request.raw.socket, (connection) => {
      const verdict = this.admit(request, reply, connection, judge, hasRoute);
      if (verdict instanceof Promise) {
        void verdict.then((failure) => this.settle(request, reply, failure, done));
      } else {
        this.settle(request, reply, verdict, done);
      }
    });
  }

  private admit(
    request: FastifyRequest,
    reply: FastifyReply,
    connection: Connection,
    judge: () => Verdict,
    hasRoute: boolean,
  ): Verdict {
    const { headers, rawHeaders, url } = request.raw;
    const deadline = performance.now() + this.env.REQUEST_DEADLINE_MS;
    const forwardedFor = headers['x-forwarded-for'] as string | undefined;
    const key = clientBehind(connection.owner.key, forwardedFor, this.env.TRUST_PROXY_HOPS);
    const client = this.connections.clientOf(connection, key);
    // Of a request that the framework refuses before its hooks, the route is not to be trusted.
    const route = hasRoute ? request.routeOptions.url : undefined;
    const visit = new Visit(client ?? connection.owner, (ended) => {
      if (hasRoute) this.metrics.end(route, reply);
      this.places.leave(ended);
    });
    request.edge = {
      context: contextFrom(headers.traceparent as string | undefined, deadline),
      client: key,
      visit,
      route,
    } satisfies Edge;
    connection.visit = visit;
    reply.raw.once('close', () => {
      visit.end();
      this.connections.next(connection);
    });
    reply.headers(NO_SNIFFING).header('x-request-id', request.id);
    if (hasRoute) {
      this.cors.mark(request, reply);
      this.metrics.begin();
    }
    try {
      checkHead(url!, headers.host, rawHeaders);
      return client === undefined ? overloaded() : after(this.limits.address.take(key), judge);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return hasRoute ? error : after(this.limits.unknownPaths.take(key), () => error);
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
    const { client: key, visit, route } = request.edge;
    if (!METHODS.has(request.method)) return notImplemented(request.method);
    if (request.method === 'OPTIONS') return undefined;
    if (route === undefined || isWebSocket(request) || !isPlainlySpelled(request.raw.url!)) {
      return this.judgeUnknown(request, key);
    }
    if (!this.places.hasRoom(visit)) return overloaded();
    if (request.method === 'POST') {
      const unfit = unfitBody(request);
      if (unfit !== undefined) return unfit;
      if (!this.places.takeBytes(visit, bytesOf(request))) return overloaded();
    }
    if (route.startsWith('/v1/auth/')) return this.limits.auth.take(key);
    return isApi(route) ? this.access.identify(request) : undefined;
  }

  private judgeUnknown(request: FastifyRequest, key: string): Verdict {
    const webSocket = isWebSocket(request);
    const hasRoute = !webSocket && isPlainlySpelled(request.raw.url!);
    const allow = hasRoute ? this.routes.allowed(request.raw.url!) : undefined;
    if (allow !== undefined) return methodNotAllowed(allow);
    return after(this.limits.unknownPaths.take(key), webSocket ? noWebSocketYet : notFound);
  }
}

/** Goes on with `next` when the first verdict lets the request pass, at once where it can. */
function after(first: Verdict, next: () => Verdict): Verdict {
  if (first instanceof Promise) return first.then((failure) => failure ?? next());
  return first ?? next();
}

/** Whether the request has passed the edge; `request.edge` is declared for the code behind it. */
const hasEdge = (request: { edge?: Edge }): boolean => request.edge !== undefined;

const isApi = (url: string): boolean => url === '/web/graphql' || url === '/mobile/graphql';

const isWebSocket = ({ raw }: FastifyRequest): boolean => raw.headers.upgrade?.toLowerCase() === 'websocket';

/** What a body may need at most; one without a length may have any. */
const bytesOf = ({ raw: { headers } }: FastifyRequest): number =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : BODY_LIMIT;

function unfitBody({ raw: { headers } }: FastifyRequest): Failure | undefined {
  const length = Number(headers['content-length'] ?? 0);
  if (length > BODY_LIMIT) return bodyTooLarge(BODY_LIMIT, length);
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return noCompression();
  const empty = length === 0 && headers['transfer-encoding'] === undefined;
  if (headers['content-type'] === undefined && empty) return undefined;
  return isJsonInUtf8(headers['content-type'] ?? '') ? undefined : onlyJson();
}
