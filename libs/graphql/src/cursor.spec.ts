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

test('pages: refused below one, capped above a hundred', () => {
  expect([pageSize(undefined, 20), pageSize(null, 20), pageSize(1, 20), pageSize(1e9, 20)]).toEqual([
    20, 20, 1, 100,
  ]);
  expect(() => pageSize(0, 20)).toThrow('first');
  expect(() => pageSize(-1, 20)).toThrow('first');
});

test('search text', () => {
  expect(searchText('search', '  cafe\u0301 ', 10)).toBe('café');
  expect([searchText('search', '  ', 10), searchText('search', null, 10)]).toEqual([undefined, undefined]);
  expect(() => searchText('search', 'x'.repeat(11), 10)).toThrow('at most 10');
  expect(() => searchText('search', 'a\u0000', 10)).toThrow('control');
});
