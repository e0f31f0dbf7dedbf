import { expect, it } from '@jest/globals';
import { featureCosts } from './features.ts';
import type { Round } from './rounds.ts';
import { summarise } from './summary.ts';

const round = (part: string, count: number, system = 'ours'): Round => ({
  subject: 'rpc',
  part,
  system,
  count,
  ms: 1_000,
  cpuMs: 0,
  outcomes: {},
  latency: { p50: 5, p95: 9, p99: 12, max: 30 },
  settledAfterMs: 0,
  cpu: { byProcess: { service: 1_000 }, machine: 2_000 },
  rss: {},
  own: {},
  batches: {},
  commits: {},
  written: {},
});

it('tells what a feature costs where it was measured with and without', () => {
  const rounds = [round('rpc c=64', 400), round('no validation c=64', 500), round('limits c=32', 300)];
  expect(featureCosts(summarise(rounds), 'ours')).toEqual([
    {
      feature: 'validation of what is asked and answered',
      cpu: { has: 2.5, hasNot: 2 },
      perSecond: { has: 400, hasNot: 500 },
    },
  ]);
});

it('takes no other system for ours', () => {
  const rounds = [round('rpc c=64', 400, 'theirs'), round('no validation c=64', 500)];
  expect(featureCosts(summarise(rounds), 'ours')).toEqual([]);
});
