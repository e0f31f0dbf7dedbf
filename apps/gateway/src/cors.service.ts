import { Inject, Injectable } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayEnv } from './gateway.env.ts';
import { isLoopback } from './origin.ts';
import { varyBy } from './vary.ts';

/** Request headers that clients of the APIs send; everything else is refused by the browser. */
const ALLOWED_HEADERS = [
  'accept',
  'accept-language',
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'content-type',
  'if-none-match',
  'traceparent',
  'tracestate',
  'x-apollo-operation-name',
  'x-request-id',
].join(', ');

/** Answer headers that clients act on. Browsers hide all but a few unless they are named. */
const EXPOSED_HEADERS = [
  'allow',
  'etag',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-request-id',
].join(', ');

/** Two hours: the most that Chromium keeps a preflight's answer. */
const MAX_AGE_SECONDS = '7200';

const OPEN = new Set(['/web/graphql', '/mobile/graphql', '/.well-known/jwks.json']);

/**
 * Cross-origin access to the APIs for pages of ALLOWED_ORIGINS (Fetch standard, "CORS protocol"). No credentials:
 * tokens travel in headers that a page sets itself, cookies are never looked at.
 */
@Injectable()
export class CorsService {
  private readonly allowed: ReadonlySet<string>;

  constructor(@Inject(ENV) private readonly env: GatewayEnv) {
    this.allowed = new Set(env.ALLOWED_ORIGINS);
  }

  /** Set before anything can fail: without them a browser reports a refusal as a network error. */
  mark(request: FastifyRequest, reply: FastifyReply): void {
    if (!isOpen(request)) return;
    void reply.header('vary', varyBy(reply.getHeader('vary') as string | undefined, 'Origin'));
    const { origin } = request.raw.headers;
    if (origin === undefined || !this.allows(origin)) return;
    void reply
      .header('access-control-allow-origin', origin)
      .header('access-control-expose-headers', EXPOSED_HEADERS);
  }

  /** What a preflight is told besides. @param methods those of the path, as in Allow */
  permit(request: FastifyRequest, reply: FastifyReply, methods: string): void {
    const { origin } = request.raw.headers;
    if (origin === undefined || !isOpen(request) || !this.allows(origin)) return;
    void reply.headers({
      'access-control-allow-methods': methods,
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': MAX_AGE_SECONDS,
    });
  }

  private allows(origin: string): boolean {
    return this.allowed.has(origin) || (this.env.NODE_ENV !== 'production' && isLoopback(origin));
  }
}

/** By the route where there is one: the raw path of the same route can be spelled in many ways. */
function isOpen({ edge, raw }: FastifyRequest): boolean {
  const path = edge.route ?? raw.url!.split('?', 1)[0]!;
  return OPEN.has(path) || path.startsWith('/v1/auth/');
}
