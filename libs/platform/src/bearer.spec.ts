import { expect, it } from '@jest/globals';
import { bearerToken } from './bearer.ts';

it.each([
  ['Bearer a.b-c_d.e', 'a.b-c_d.e'],
  ['bearer a.b.c', 'a.b.c'],
  ['BEARER a+/~b==', 'a+/~b=='],
])('%s holds a token', (header, token) => {
  expect(bearerToken(header)).toBe(token);
});

it.each([
  '',
  'Bearer',
  'Bearer ',
  'Bearer  a.b.c',
  'Bearer\ta.b.c',
  ' Bearer a',
  'Bearer a b',
  'Bearer a,b',
  'Bearer =',
  'Basic a',
  'Bearer: a',
  'a.b.c',
  'Bearer a.b.c ',
])('%j holds none', (header) => expect(bearerToken(header)).toBeUndefined());
