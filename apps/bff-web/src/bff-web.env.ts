import { graphqlApiShape } from '@caravan/graphql';
import { type EnvOf, httpShape, serviceEnv } from '@caravan/platform';

export const bffWebEnv = serviceEnv('bff-web', { ...httpShape(8081), ...graphqlApiShape });
export type BffWebEnv = EnvOf<typeof bffWebEnv>;
