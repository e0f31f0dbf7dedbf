import { id } from '@caravan/contracts';
import { expect, test } from '@jest/globals';
import { decodeCursor, encodeCursor, pageSize, searchText } from './cursor.ts';

test('a cursor comes back as the key it was made of, anything else is refused', () => {
  expect(decodeCursor(encodeCursor('MUG-1'))).toBe('MUG-1');
  expect(decodeCursor(null)).toBeUndefined();
  expect(decodeCursor(undefined)).toBeUndefined();
  for (const junk of ['', 'MUG-1!', 'a', encodeCursor('x'.repeat(500))])
    expect(() => decodeCursor(junk)).toThrow('after');
  expect(() => decodeCursor(encodeCursor('MUG-1'), id)).toThrow('after');
});

test('a page has 1 to 100 items, anything else is refused', () => {
  expect([pageSize(undefined, 20), pageSize(null, 20), pageSize(1, 20), pageSize(100, 20)]).toEqual([
    20, 20, 1, 100,
  ]);
  for (const first of [0, -1, 101, 1e9]) expect(() => pageSize(first, 20)).toThrow('1 to 100');
});

test('search text', () => {
  expect(searchText('search', '  cafe\u0301 ', 10)).toBe('café');
  expect([searchText('search', '  ', 10), searchText('search', null, 10)]).toEqual([undefined, undefined]);
  expect(() => searchText('search', 'x'.repeat(11), 10)).toThrow('at most 10');
  expect(() => searchText('search', 'a\u0000', 10)).toThrow('control');
});
