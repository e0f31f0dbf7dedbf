import { describe, expect, it } from '@jest/globals';
import { summarise, tables } from './report.ts';
import type { Round } from './rounds.ts';

const round = (part: string, count: number, orders: number): Round => ({
  part,
  count,
  ms: 1_000,
  cpuMs: count / 10,
  outcomes: { CONFIRMED: count },
  latency: { p50: 5, p95: 9, p99: 12, max: 30 },
  settledAfterMs: 40,
  cpu: { byProcess: { orders, gateway: 100 }, machine: 2 * (orders + 100 + count / 10) },
  batches: { 'orders: place': 8 },
  commits: { orders: count * 2 },
});

describe('the report', () => {
  const summaries = summarise([
    round('a', 100, 200),
    round('b', 50, 50),
    round('a', 300, 600),
    round('a', 200, 400),
  ]);

  it('has a line a part, in the order of their first rounds', () =>
    expect(summaries.map(({ part, rounds, count }) => [part, rounds, count])).toEqual([
      ['a', 3, 600],
      ['b', 1, 50],
    ]));

  it('tells medians of rates and of costs per request', () => {
    expect(summaries[0]).toMatchObject({ perSecond: 200, spread: 1, cpuGenerator: 0.1 });
    expect(summaries[0]?.commits).toEqual({ orders: 2 });
    expect(summaries[0]?.cpu).toEqual({ orders: 2, gateway: 0.5 });
    expect(summaries[0]?.cpuOfOthers).toBeCloseTo(0.5);
  });

  it('is readable', () => {
    const lines = tables(summaries, { orders: 3 }).join('\n');
    expect(lines).toContain('600 CONFIRMED');
    expect(lines).toContain('orders: place');
  });
});
