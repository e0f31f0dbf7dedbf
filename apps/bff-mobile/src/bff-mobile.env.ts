import { graphqlApiShape } from '@caravan/graphql';
import { type EnvOf, httpShape, serviceEnv } from '@caravan/platform';

export const bffMobileEnv = serviceEnv('bff-mobile', { ...httpShape(8082), ...graphqlApiShape });
export type BffMobileEnv = EnvOf<typeof bffMobileEnv>;
