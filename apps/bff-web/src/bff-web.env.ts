import { graphqlApiShape } from '@caravan/graphql';
import { type EnvOf, httpPort, serviceEnv } from '@caravan/platform';

export const bffWebEnv = serviceEnv('bff-web', { PORT: httpPort.default(8081), ...graphqlApiShape });
export type BffWebEnv = EnvOf<typeof bffWebEnv>;
