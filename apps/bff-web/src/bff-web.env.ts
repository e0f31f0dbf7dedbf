import { graphqlApiEnv } from '@caravan/graphql';
import type { EnvOf } from '@caravan/platform';

export const bffWebEnv = graphqlApiEnv('bff-web', 8081);
export type BffWebEnv = EnvOf<typeof bffWebEnv>;
