import { describe, expect, it } from '@jest/globals';
import { tables } from './report.ts';
import type { Round } from './rounds.ts';
import { ratios, summarise } from './summary.ts';

const round = (part: string, count: number, orders: number, system = 'ours'): Round => ({
  subject: 'checkout',
  part,
  system,
  count,
  ms: 1_000,
  cpuMs: count / 10,
  outcomes: { CONFIRMED: count },
  latency: { p50: 5, p95: 9, p99: 12, max: 30 },
  settledAfterMs: 40,
  cpu: {
    byProcess: { orders, gateway: 100, 'card-processor': 50 },
    machine: 2 * (orders + 150 + count / 10),
  },
  rss: { orders: 120, gateway: 80, postgres: 900, 'card-processor': 70 },
  own: { orders: 70, gateway: 30, postgres: 850, 'card-processor': 20 },
  batches: { 'orders: place': 8 },
  commits: { orders: count * 2 },
  written: { rows: count * 30 },
});

describe('the summary', () => {
  const summaries = summarise([
    round('a', 100, 200),
    round('b', 50, 50),
    round('a', 300, 600),
    round('a', 20, 400, 'theirs'),
    round('a', 200, 400),
  ]);

  it('has a line for each part of each system, in the order of their first rounds', () =>
    expect(summaries.map(({ part, system, rounds, count }) => [part, system, rounds, count])).toEqual([
      ['a', 'ours', 3, 600],
      ['b', 'ours', 1, 50],
      ['a', 'theirs', 1, 20],
    ]));

  it('tells medians of rates and of costs per request', () => {
    expect(summaries[0]).toMatchObject({ perSecond: 200, spread: 1, cpuGenerator: 0.1 });
    expect(summaries[0]?.commits).toEqual({ orders: 2 });
    expect(summaries[0]?.written).toEqual({ rows: 30 });
    expect(summaries[0]?.cpu).toEqual({ orders: 2, gateway: 0.5, 'card-processor': 0.25 });
    expect(summaries[0]?.cpuOfOthers).toBeCloseTo(0.5);
  });

  it('counts neither the world outside nor, of the memory, the servers', () => {
    expect(summaries[0]).toMatchObject({ cpuTotal: 2.5, rss: 200, ownMemory: 100 });
  });

  it('sets the first system beside the others, in the parts that both have', () =>
    expect(ratios(summaries, 'ours')).toEqual([
      { part: 'a', against: 'theirs', perSecond: 10, cpu: 0.1, p50: 1, p99: 1, rss: 1, ownMemory: 1 },
    ]));

  it('is readable', () => {
    const lines = tables({
      summaries,
      idle: { ours: { cpu: { orders: 3, postgres: 8 }, rss: { orders: 60, gateway: 40, postgres: 30 } } },
      starts: { orders: 900 },
    }).join('\n');
    expect(lines).toContain('600 CONFIRMED');
    expect(lines).toContain('orders: place');
    expect(lines).toMatch(/ours +2 +100 +3.0 +11.0/);
    expect(lines).toMatch(/orders +900/);
    expect(lines).toMatch(/a +theirs +× 10.00 +× 0.10/);
  });
});
