import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { DocumentCache } from './document-cache.ts';

test('keeps what is used, lets go of the rest, within its bound', async () => {
  const cache = new DocumentCache(25);
  const [a, b, c] = ['{ aaaaaa }', '{ bbbbbb }', '{ cccccc }'].map((text) => parse(text));
  await cache.set('a', a!);
  await cache.set('b', b!);
  expect(await cache.get('a')).toBe(a);
  await cache.set('c', c!);
  expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([a, undefined, c]);
  expect([cache.ofText('{ aaaaaa }'), cache.ofText('{ bbbbbb }')]).toEqual([a, undefined]);
  await cache.set('c', c!);
  expect(cache.size).toBe(2);
  await cache.set('large', parse(`{ ${'x'.repeat(40)} }`));
  expect([cache.size, cache.ofText('{ cccccc }')]).toEqual([0, undefined]);
});
