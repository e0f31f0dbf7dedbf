import type { Context, Caller } from '@caravan/platform';
import type { Visit } from './visit.ts';

/** What the gateway knows about a request besides what it says. */
export interface Edge {
  readonly context: Context;
  /** Who sent it, by address: the key of limits, shares, locks and logs (`clientKey`). */
  readonly client: string;
  readonly visit: Visit;
  /** False where the request reaches no route: its URL cannot be read, or its target is no path. */
  readonly routed: boolean;
  /** Who asks, where a good token came along. */
  caller?: Caller;
}

declare module 'fastify' {
  interface FastifyRequest {
    edge: Edge;
  }
}
