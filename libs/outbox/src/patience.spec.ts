import { describe, expect, it, jest } from '@jest/globals';
import { untilAnswered } from './patience.ts';

const failing = (...codes: string[]) =>
  jest.fn(async () => {
    const code = codes.shift();
    if (code !== undefined) throw Object.assign(new Error(`failed with ${code}`), { code });
    return 'done';
  });

describe('a start that needs the database', () => {
  it('goes on when the database was away for a moment, and says so once', async () => {
    const work = failing('ECONNREFUSED', '57P02');
    const warn = jest.fn();
    await expect(untilAnswered({ warn }, work)).resolves.toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('failed with ECONNREFUSED')]]);
  });

  it('fails at once when the database refuses what it was asked', async () => {
    const work = failing('42P01');
    await expect(untilAnswered({ warn: jest.fn() }, work)).rejects.toThrow('failed with 42P01');
    expect(work).toHaveBeenCalledTimes(1);
  });
});
