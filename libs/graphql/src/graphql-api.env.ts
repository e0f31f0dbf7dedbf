import { z } from 'zod';

/** What every GraphQL API reads from the environment besides its port. */
export const graphqlApiShape = {
  RABBITMQ_URL: z.string().min(1),
  /** `iss` of the access tokens that are believed. */
  ISSUER: z.string().min(1).default('caravan'),
};

/** `aud` of the access tokens that are believed. */
export const AUDIENCE = 'caravan';

export interface GraphqlApiEnv {
  readonly NODE_ENV: 'development' | 'test' | 'production';
  readonly ISSUER: string;
}
