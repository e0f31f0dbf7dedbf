import { type EnvOf, flag, serviceEnv } from '@caravan/platform';
import { z } from 'zod';

export const usersEnv = serviceEnv('users', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  /** The `iss` of the tokens made here; the same value for everybody who verifies them. */
  ISSUER: z.string().min(1).default('caravan'),
  /** Seconds in which a used refresh token still gets the same successor. 0: a token works once. */
  REFRESH_REUSE_SECONDS: z.coerce.number().int().min(0).max(600).default(30),
  /** Adds the demo's two accounts. Never in production. */
  DEMO_DATA: flag(false),
});

export type UsersEnv = EnvOf<typeof usersEnv>;
