import { expect, it } from '@jest/globals';
import { backoffMs } from './backoff.ts';
import { bursts } from './bursts.ts';

const soon = <T>(value: T, ms: number) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));
const collect = async <T>(from: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
};

it('keeps together what is quick', async () => {
  expect(await collect(bursts([soon(1, 1), soon(2, 5), soon(3, 3)], 1000))).toEqual([[1, 3, 2]]);
});

it('lets nothing wait for what is slow', async () => {
  expect(await collect(bursts([soon(1, 1), soon(2, 90), soon(3, 1)], 20))).toEqual([[1, 3], [2]]);
});

it('leaves behind what is too slow', async () => {
  const slow = soon(2, 200);
  expect(await collect(bursts([soon(1, 1), slow], 10, 30))).toEqual([[1]]);
  await slow;
});

it('backs off from a quarter of a second to half a minute', () => {
  const middle = () => 0.5;
  expect([1, 2, 3, 8, 50].map((n) => backoffMs(n, middle))).toEqual([250, 500, 1000, 30_000, 30_000]);
  expect(backoffMs(1, () => 0)).toBe(200);
});
