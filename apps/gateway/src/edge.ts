import type { Context, Caller } from '@caravan/platform';
import type { Visit } from './visit.ts';

/** What the gateway knows about a request besides what it says. */
export interface Edge {
  readonly context: Context;
  /** Who sent it, by address: the key of limits, shares, locks and logs (`clientKey`). */
  readonly client: string;
  readonly visit: Visit;
  /** The pattern of the route that the request reaches, read once: Fastify builds its description at each look. */
  readonly route: string | undefined;
  /** Who asks, where a good token came along. */
  caller?: Caller;
}

declare module 'fastify' {
  interface FastifyRequest {
    edge: Edge;
  }
}
