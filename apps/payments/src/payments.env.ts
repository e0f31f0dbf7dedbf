import { z } from 'zod';
import { type EnvOf, serviceEnv } from '@caravan/platform';

export const paymentsEnv = serviceEnv('payments', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  STRIPE_API_BASE: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8090'),
  STRIPE_SECRET_KEY: z.string().min(1),
  /** Several, separated by commas, while a secret is being rotated. */
  STRIPE_WEBHOOK_SECRET: z.string().min(1),
  STRIPE_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(5000),
});
export type PaymentsEnv = EnvOf<typeof paymentsEnv>;
