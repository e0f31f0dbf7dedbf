import { graphqlApiShape } from '@caravan/graphql';
import { type EnvOf, httpPort, serviceEnv } from '@caravan/platform';

export const bffMobileEnv = serviceEnv('bff-mobile', { PORT: httpPort.default(8082), ...graphqlApiShape });
export type BffMobileEnv = EnvOf<typeof bffMobileEnv>;
