import { expect, it } from '@jest/globals';
import { delayAfter } from './attempt.ts';

it('delays a login after ten wrong passwords, for longer with each, and never for more than three seconds', () => {
  expect([0, 9, 10, 11, 14, 15, 16, 5_000].map(delayAfter)).toEqual([
    0, 0, 100, 200, 1_600, 3_000, 3_000, 3_000,
  ]);
});
