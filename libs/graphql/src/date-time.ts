import { GraphQLScalarType } from 'graphql';

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError('DateTime is an ISO 8601 string');
  return value;
};

/** An instant as services send it, ISO 8601 in UTC: passed on as it is, without a Date in between. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'An instant, ISO 8601 in UTC, e.g. 2026-11-21T09:54:33.120Z.',
  serialize: text,
  parseValue: text,
});
