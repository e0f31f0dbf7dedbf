import { describe, expect, it } from '@jest/globals';
import { preferredEncoding, preferredType } from './preferences.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL = 'application/graphql-response+json';
const EVENTS = 'text/event-stream';

describe('a media type is chosen by preference, not by what would also do', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['no header', undefined, JSON_TYPE],
    ['an empty header', '', undefined],
    ['anything', '*/*', JSON_TYPE],
    ['urql', `${GRAPHQL}, application/graphql+json, ${JSON_TYPE}, ${EVENTS}, multipart/mixed`, GRAPHQL],
    ['Apollo Client', `multipart/mixed;deferSpec=20220824,${GRAPHQL},${JSON_TYPE};q=0.9`, GRAPHQL],
    ['fetch', 'application/json, text/plain, */*', JSON_TYPE],
    ['EventSource', EVENTS, EVENTS],
    ['events first', `${EVENTS}, ${JSON_TYPE}`, EVENTS],
    ['events and anything', `${EVENTS}, */*`, EVENTS],
    ['anything and events', `*/*, ${EVENTS}`, JSON_TYPE],
    ['events last', `${JSON_TYPE}, ${EVENTS}`, JSON_TYPE],
    ['events liked less, named first', `${EVENTS};q=0.5, ${JSON_TYPE};q=0.6`, JSON_TYPE],
    ['events liked more, named last', `${JSON_TYPE};q=0.5, ${EVENTS};q=0.51`, EVENTS],
    ['events refused', `${EVENTS};q=0, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    ['events refused, anything else taken', `${EVENTS};q=0.0, */*;q=0.001`, JSON_TYPE],
    ['JSON refused, anything else taken', `${JSON_TYPE};q=0, ${GRAPHQL};q=0, */*`, EVENTS],
    [
      'a range less liked than its part',
      `application/*;q=0.2, ${GRAPHQL};q=0.1, ${EVENTS};q=0.15`,
      JSON_TYPE,
    ],
    [
      'capital letters and spaces',
      `Application/JSON ; Q=0.4 ,  Text/Event-Stream;charset=utf-8; q=0.9`,
      EVENTS,
    ],
    ['a q that is none', `${EVENTS};q=high, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    ['a q beyond 1', `${EVENTS};q=7, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    ['something else', 'text/html,application/xhtml+xml', undefined],
    ['only commas', ',,,', undefined],
  ])('%s', (_who, accept, chosen) => {
    expect(preferredType(accept, [JSON_TYPE, GRAPHQL, EVENTS])).toBe(chosen);
  });
});

describe('a coding is chosen by preference', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['gzip, deflate, br', 'br'],
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['deflate', undefined],
    ['*', 'br'],
    ['identity', undefined],
    ['br;q=0, gzip', 'gzip'],
    ['gzip;q=0.5, br;q=0.6', 'br'],
    ['identity, gzip;q=0.5', undefined],
    ['identity, gzip', 'gzip'],
    ['identity;q=0.2, gzip;q=0.5', 'gzip'],
    ['*;q=0', undefined],
    ['gzip;q=0, *', 'br'],
  ])('%s', (header, chosen) => {
    expect(preferredEncoding(header, ['br', 'gzip'])).toBe(chosen);
  });
});
