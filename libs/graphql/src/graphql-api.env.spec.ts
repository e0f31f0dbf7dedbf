import { expect, it } from '@jest/globals';
import { graphqlApiEnv } from './graphql-api.env.ts';

const { schema } = graphqlApiEnv('bff', 8081);
const mistakes = (NODE_ENV: string) =>
  schema
    .safeParse({ NODE_ENV, RABBITMQ_URL: 'amqp://nowhere', GRAPHQL_EXECUTION: 'interpreted' })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

it.each(['production', 'development'])('a forced execution path is refused in %s', (mode) => {
  expect(mistakes(mode)).toEqual(['GRAPHQL_EXECUTION: is for tests only (NODE_ENV=test). Unset it.']);
});

it('a forced execution path is accepted in test', () => {
  expect(mistakes('test')).toBeUndefined();
});
