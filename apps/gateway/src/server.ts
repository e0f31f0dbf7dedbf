import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { endWith, newTraceparent, takeOver } from '@caravan/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { BODY_LIMIT, MAX_HEAD, MAX_URL } from './bounds.ts';
import { CompressionService } from './compression.service.ts';
import { EdgeService } from './edge.service.ts';
import { FailuresService } from './failures.service.ts';
import { headersTooLarge, malformed, notImplemented, tooSlow, urlTooLong } from './gateway.errors.ts';
import { requestIdFrom } from './header.ts';
import { problemOf, type Refusal } from './problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** For what goes wrong before there is a request. */
    failures: FailuresService;
    /** For what the router cannot read. */
    edge: EdgeService;
  }
}

type BrokenRequest = Error & { code?: string; rawPacket?: Buffer };

/** Bounds that Node and Fastify leave open: slow senders and readers, large heads, idle sockets. Milliseconds, bytes. */
export const serverOptions: FastifyServerOptions = {
  bodyLimit: BODY_LIMIT,
  requestTimeout: 13_000,
  // Without a byte either way. Longer than requestTimeout and its next look, so that a body that does not come is answered 408.
  // Node looks twice before it closes on a reader that has stopped reading.
  connectionTimeout: 15_000,
  keepAliveTimeout: 65_000,
  http: { headersTimeout: 8_000, connectionsCheckingInterval: 1_000, maxHeaderSize: MAX_HEAD },
  logger: false,
  requestIdHeader: false,
  genReqId: (request: IncomingMessage) => requestIdFrom(request.headers['x-request-id']),
  return503OnClosing: false,
  clientErrorHandler(this: FastifyInstance, error: unknown, socket: Duplex) {
    answerBroken(error as BrokenRequest, socket, this.failures);
  },
  frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    reply.server.edge.refuseUnrouted(request, reply, malformed('The URL cannot be read.'));
  },
} as FastifyServerOptions;

/** Bodies stay the bytes they came as; every request passes the edge first. */
export function configureServer(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  const failures = app.get(FailuresService);
  const edge = app.get(EdgeService);
  fastify.decorate('failures', failures).decorate('edge', edge);
  edge.guard(fastify);
  app.get(CompressionService).guard(fastify);
  const server: Server = app.getHttpServer();
  server.on('connect', (_request, socket) => answerOn(takeOver(socket), notImplemented('CONNECT'), failures));
}

/** What could not be read as HTTP gets its answer on the bare socket, which then closes. */
function answerBroken(error: BrokenRequest, socket: Duplex, failures: FailuresService): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else answerOn(socket, refusalFor(error), failures);
}

function answerOn(socket: Duplex, refusal: Refusal, failures: FailuresService): void {
  const traceId = newTraceparent().slice(3, 35);
  const requestId = randomUUID();
  const { status, headers, body } = problemOf(refusal, '', traceId);
  failures.refusedRaw(status, refusal.code, (socket as Socket).remoteAddress ?? '', { traceId, requestId });
  const fields = { ...headers, 'x-request-id': requestId, 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  endWith(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}connection: close\r\n\r\n${body}`,
  );
}

function refusalFor(error: BrokenRequest): Refusal {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return tooSlow();
  if (error.code !== 'HPE_HEADER_OVERFLOW') return malformed('This is not HTTP as it should be.');
  const firstLine = error.rawPacket?.indexOf('\r\n') ?? 0;
  return firstLine === -1 || firstLine > MAX_URL ? urlTooLong() : headersTooLarge();
}
