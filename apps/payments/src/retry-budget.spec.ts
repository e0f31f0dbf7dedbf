import { expect, it } from '@jest/globals';
import { RetryBudget } from './retry-budget.ts';

it('allows one retry for ten first calls, keeps a few for later, and one at a time where nothing is called', () => {
  let now = 0;
  const budget = new RetryBudget(() => now);
  const earn = (calls: number) => Array.from({ length: calls }, () => budget.earn());
  expect(budget.spend()).toBe(1);
  earn(9);
  expect(budget.spend()).toBe(0);
  earn(1);
  expect([budget.spend(), budget.spend()]).toEqual([1, 0]);
  earn(1_000);
  expect([budget.spend(), budget.spend()]).toEqual([10, 0]);
  now += 3_001;
  expect([budget.spend(), budget.spend()]).toEqual([1, 1]);
});
