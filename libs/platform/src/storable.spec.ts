import { describe, expect, it } from '@jest/globals';
import { storable, storableJson } from './storable.ts';

describe('foreign text that is to be stored', () => {
  it.each([
    ['plain text', 'upstream said no', 100, 'upstream said no'],
    ['NUL', 'a\0b\0', 100, 'ab'],
    ['half a pair, alone', 'x\ud83dy', 100, 'x\ufffdy'],
    ['the other half, alone', 'x\ude00y', 100, 'x\ufffdy'],
    ['a pair at the cut', 'ab\u{1f600}', 3, 'ab'],
    ['a pair before the cut', 'a\u{1f600}b', 3, 'a\u{1f600}'],
    ['text longer than the limit', 'abcdef', 3, 'abc'],
    ['NUL before the limit', '\0\0abcdef', 3, 'abc'],
    ['no room', '\u{1f600}', 0, ''],
  ])('keeps %s in a form that PostgreSQL takes', (_, text, max, kept) => {
    expect(storable(text, max)).toBe(kept);
  });

  it.each([
    ['nothing odd', { a: 'b', n: 1, none: null }, { a: 'b', n: 1, none: null }],
    ['NUL deep inside', { a: [{ b: 'x\0y' }] }, { a: [{ b: 'xy' }] }],
    ['half a pair in a key', { 'k\ud800': 'v' }, { 'k\ufffd': 'v' }],
    ['a backslash before u0000', { a: '\\u0000' }, { a: '\\u0000' }],
    ['a whole pair', ['\u{1f600}'], ['\u{1f600}']],
  ])('keeps JSON with %s', (_, value, kept) => {
    expect(JSON.parse(storableJson(value))).toEqual(kept);
    expect(storableJson(value)).not.toMatch(/[^\\]\\u(0000|d[89a-f])/i);
  });
});
