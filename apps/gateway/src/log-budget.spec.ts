import { expect, it } from '@jest/globals';
import { LogBudget } from './log-budget.ts';

it('a client that fails without end leaves room for the failures of others, and is summed up', () => {
  const budget = new LogBudget();
  const written = (key: string, times: number) =>
    Array.from({ length: times }, () => budget.allows(key, 'a')).filter(Boolean).length;
  expect(written('a greedy', 1_000)).toBe(5);
  expect(written('a modest', 1)).toBe(1);
  expect(budget.renew()).toEqual([['a', 995]]);
  expect([written('a greedy', 2), budget.renew()]).toEqual([2, []]);
});

it('many clients together do not flood the log', () => {
  const budget = new LogBudget();
  const allowed = Array.from({ length: 5_000 }, (_, n) => budget.allows(`a ${n}`, 'a')).filter(Boolean);
  expect(allowed).toHaveLength(100);
  expect(budget.renew()).toEqual([['a', 4_900]]);
});
