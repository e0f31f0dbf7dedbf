import { type EnvOf, httpShape, serviceEnv } from '@caravan/platform';
import { z } from 'zod';
import { origins } from './origin.ts';

const count = (fallback: number) => z.coerce.number().int().min(0).default(fallback);

const withoutTrailingSlash = (url: string): string => {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
};

/** One address, or the addresses of several replicas with commas between them. */
const urls = z
  .string()
  .transform((list) => list.split(',').map((url) => withoutTrailingSlash(url.trim())))
  .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1));

export const gatewayEnv = serviceEnv('gateway', {
  ...httpShape(8080),
  RABBITMQ_URL: z.url(),
  BFF_WEB_URL: urls.prefault('http://127.0.0.1:8081'),
  BFF_MOBILE_URL: urls.prefault('http://127.0.0.1:8082'),
  /** Where replicas share their limits; without it each keeps its own. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** What clients call this gateway; no header of a request can change a link. */
  PUBLIC_URL: z.url().default('http://127.0.0.1:8080').transform(withoutTrailingSlash),
  /** Exact origins whose pages may use the APIs; outside of production also any port of localhost and 127.0.0.1. */
  ALLOWED_ORIGINS: origins,
  /** `name=url` of each process of this system, with commas between them: what the front page links in development. */
  HEALTH_URLS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .filter((entry) => entry.includes('='))
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const),
    )
    .pipe(z.array(z.tuple([z.string(), z.url({ protocol: /^https?$/ })]))),
  ISSUER: z.string().min(1).default('caravan'),
  /** Requests a second; 0 is no limit. */
  RATE_LIMIT_PER_CUSTOMER: count(1_000),
  RATE_LIMIT_PER_ADDRESS: count(2_000),
  /** Requests a second to paths that do not exist, per address; 0 is no limit. */
  RATE_LIMIT_UNKNOWN_PATHS: count(50),
  /** Requests a minute to /v1/auth, per address; 0 is no limit. */
  RATE_LIMIT_AUTH: count(300),
  /** Requests behind the gateway at once, shared by all clients (share.ts); beyond it they are shed. 0 is no limit. */
  MAX_IN_FLIGHT: count(1_000),
  /** Bytes of bodies in memory at once, shared in the same way; 0 is no limit. */
  MAX_BODY_BYTES: count(64 * 1024 * 1024),
  /** Open sockets. When all are taken the client with most of them loses an idle one. 0 is no limit. */
  MAX_CONNECTIONS: count(4_096),
  /** Sockets of one client; behind a proxy those on which a request of it is being read or answered. 0 is no limit. */
  MAX_CONNECTIONS_PER_ADDRESS: count(512),
  /** Proxies in front whose X-Forwarded-For is believed, counted from here outwards. */
  TRUST_PROXY_HOPS: count(0),
  /** Milliseconds that a request may take behind the gateway. */
  REQUEST_DEADLINE_MS: z.coerce.number().int().min(100).max(10_000).default(10_000),
});

export type GatewayEnv = EnvOf<typeof gatewayEnv>;
