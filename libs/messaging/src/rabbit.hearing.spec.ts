import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Hearing } from './rabbit.hearing.ts';

const LONG_MS = 60_000;

let hearing: Hearing;
let busy: boolean;
let asked: number;
let deaf: number;
/** What the broker does with a question. */
let onAsk: () => Promise<void>;

beforeEach(() => {
  jest.useFakeTimers();
  [busy, asked, deaf] = [false, 0, 0];
  onAsk = () => Promise.resolve();
  hearing = new Hearing(
    () => busy,
    () => {
      asked++;
      return onAsk();
    },
    () => deaf++,
  );
  hearing.begin();
});

afterEach(() => {
  hearing.end();
  jest.useRealTimers();
});

describe('hearing', () => {
  it('is gone when nothing comes, not even what was asked for; that is told once', async () => {
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect([asked, deaf]).toEqual([2, 1]);
  });

  it('is well while every question comes back', async () => {
    onAsk = () => Promise.resolve(hearing.hear());
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(asked).toBeGreaterThan(2);
    expect(deaf).toBe(0);
  });

  it('is not asked for while anything comes', async () => {
    const deliveries = setInterval(() => hearing.hear(), 1_000);
    await jest.advanceTimersByTimeAsync(LONG_MS);
    clearInterval(deliveries);
    expect([asked, deaf]).toEqual([0, 0]);
  });

  it('is not asked for while a batch takes long', async () => {
    busy = true;
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect([asked, deaf]).toEqual([0, 0]);
  });

  it('is not in doubt while the broker takes nothing', async () => {
    onAsk = () => Promise.reject(new Error('not connected'));
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(deaf).toBe(0);
  });

  it('is in doubt from the beginning again on a new channel', async () => {
    await jest.advanceTimersByTimeAsync(LONG_MS);
    hearing.begin();
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect([asked, deaf]).toEqual([4, 2]);
  });
});
