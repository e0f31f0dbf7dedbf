import { expect } from '@jest/globals';

/** What answers look like, for `toEqual`. */
export const MONEY = {
  amountMinor: expect.any(Number),
  currency: 'EUR',
  formatted: expect.stringMatching(/^€[\d,]+\.\d\d$/),
};
export const TEXT = expect.stringMatching(/./);
export const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
export const URL_OR_PATH = expect.stringMatching(/^(https?:\/\/|\/)/);
export const TRACE_ID = expect.stringMatching(/^(?!0+$)[\da-f]{32}$/);
