import { describe, expect, it } from '@jest/globals';
import { Notification, type OrderNews } from './notification.ts';

const attempt = (number: number) =>
  new Notification('018f0000-0000-7000-8000-000000000001', 'CONFIRMED', {} as OrderNews, number, '00-…');
const middle = () => 0.5;

describe('notification', () => {
  it('has the same Message-ID at every try', () => {
    expect(attempt(1).messageId('shop.example')).toBe(
      '<confirmed.018f0000-0000-7000-8000-000000000001@shop.example>',
    );
    expect(attempt(7).messageId('shop.example')).toBe(attempt(1).messageId('shop.example'));
  });

  it('waits twice as long after each try, at most a quarter of an hour', () => {
    const pauses = [1, 2, 3, 10, 15].map((number) => attempt(number).failed('no', 16, middle));
    expect(pauses).toEqual(
      [2_000, 4_000, 8_000, 900_000, 900_000].map((againInMs) => ({
        state: 'PENDING',
        againInMs,
        reason: 'no',
      })),
    );
  });

  it('spreads its pauses', () => {
    expect(attempt(1).failed('no', 16, () => 0)).toMatchObject({ againInMs: 1_600 });
    expect(attempt(1).failed('no', 16, () => 1)).toMatchObject({ againInMs: 2_400 });
  });

  it('is given up after the last try, with the reason', () => {
    expect(attempt(16).failed('relay is away', 16)).toEqual({
      state: 'FAILED',
      reason: 'relay is away (after 16 tries)',
    });
  });
});
