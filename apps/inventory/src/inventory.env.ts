import { type EnvOf, flag, serviceEnv } from '@caravan/platform';
import { z } from 'zod';

export const inventoryEnv = serviceEnv('inventory', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  /** Fills an empty catalogue with the demo's products. Never in production. */
  DEMO_DATA: flag(false),
  /** Milliseconds that a reservation may be neither sold nor released before its owner is asked about it. */
  RESERVATION_OVERDUE_AFTER: z.coerce.number().int().min(1_000).default(45_000),
});

export type InventoryEnv = EnvOf<typeof inventoryEnv>;
