import { z } from 'zod';
import { type EnvOf, serviceEnv } from '@caravan/platform';

export const ordersEnv = serviceEnv('orders', {
  DATABASE_URL: z.url(),
  RABBITMQ_URL: z.url(),
  DATABASE_POOL: z.coerce.number().int().min(1).default(6),
  /** Milliseconds that an answer to placing or cancelling waits for the outcome; 0: not at all. */
  ORDER_WAIT_MS: z.coerce.number().int().min(0).max(30_000).default(2_000),
});

export type OrdersEnv = EnvOf<typeof ordersEnv>;
