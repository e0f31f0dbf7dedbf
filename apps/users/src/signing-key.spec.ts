import { describe, expect, it } from '@jest/globals';
import {
  ANNOUNCED_FOR,
  dueKey,
  OUTLIVES_ITS_TOKENS_BY,
  published,
  signerAmong,
  SIGNS_FOR,
} from './signing-key.ts';

const START = Date.UTC(2027, 0, 1);
const first = { signsFrom: START, expiresAt: START + SIGNS_FOR + OUTLIVES_ITS_TOKENS_BY };

describe('signing keys', () => {
  it('begin with one that signs at once', () => {
    expect(dueKey([], START)).toEqual(first);
    expect(signerAmong([first], START)).toBe(first);
    expect(dueKey([first], START + SIGNS_FOR / 2)).toBeUndefined();
  });

  it('are followed up in time, announced before they sign, published after', () => {
    const soon = START + SIGNS_FOR - 2 * ANNOUNCED_FOR;
    const second = dueKey([first], soon)!;
    const keys = [first, second];
    expect(second.signsFrom).toBe(soon + ANNOUNCED_FOR);
    expect(dueKey(keys, soon + 1)).toBeUndefined();
    expect(published(keys, soon)).toEqual(keys);
    expect(signerAmong(keys, second.signsFrom - 1)).toBe(first);
    expect(signerAmong(keys, second.signsFrom)).toBe(second);
    expect(published(keys, second.signsFrom + OUTLIVES_ITS_TOKENS_BY)).toEqual(keys);
    expect(published(keys, first.expiresAt)).toEqual([second]);
  });

  it.each([1, 60_000, 5 * 86_400_000, 400 * 86_400_000])(
    'sign on when the clock is set back by %d ms, before the first of them was to begin',
    (back) => {
      const second = { signsFrom: START + 1_000, expiresAt: first.expiresAt + 1_000 };
      expect(signerAmong([second, first], START - back)).toBe(first);
      expect(dueKey([first], START - back)).toBeUndefined();
    },
  );

  it('begin again at once after a long sleep', () => {
    const late = first.expiresAt + 1;
    expect(signerAmong([first], late)).toBeUndefined();
    expect(dueKey([first], late)).toMatchObject({ signsFrom: late });
  });
});
