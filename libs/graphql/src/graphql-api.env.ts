import { httpShape, serviceEnv } from '@caravan/platform';
import { z } from 'zod';

const graphqlApiShape = {
  RABBITMQ_URL: z.string().min(1),
  /** `iss` of the access tokens that are believed. */
  ISSUER: z.string().min(1).default('caravan'),
  /** Forces one of the paths that execute documents. Tests only. */
  GRAPHQL_EXECUTION: z.enum(['interpreted', 'compiled']).optional(),
};

/** What a GraphQL API reads from the environment. @param port where none is given */
export const graphqlApiEnv = (service: string, port: number) =>
  serviceEnv(service, { ...httpShape(port), ...graphqlApiShape }, ['GRAPHQL_EXECUTION']);

/** `aud` of the access tokens that are believed. */
export const AUDIENCE = 'caravan';

export interface GraphqlApiEnv {
  readonly NODE_ENV: 'development' | 'test' | 'production';
  readonly ISSUER: string;
  readonly GRAPHQL_EXECUTION?: 'interpreted' | 'compiled' | undefined;
}
