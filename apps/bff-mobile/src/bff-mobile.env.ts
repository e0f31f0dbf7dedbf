import { graphqlApiEnv } from '@caravan/graphql';
import type { EnvOf } from '@caravan/platform';

export const bffMobileEnv = graphqlApiEnv('bff-mobile', 8082);
export type BffMobileEnv = EnvOf<typeof bffMobileEnv>;
