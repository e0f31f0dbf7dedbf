import { table } from '../tools/table.ts';
import type { Round } from './rounds.ts';
import { median, medianByKey, spread, sumByKey } from './statistic.ts';

/** The medians over all rounds of one part. */
export interface Summary {
  part: string;
  rounds: number;
  count: number;
  perSecond: number;
  /** Largest minus smallest rate, as a share of the median. */
  spread: number;
  p50: number;
  p95: number;
  p99: number;
  settledAfterMs: number;
  outcomes: Record<string, number>;
  /** CPU-milliseconds per request, by process. */
  cpu: Record<string, number>;
  cpuTotal: number;
  cpuGenerator: number;
  /** Processors' time on this machine that neither the system nor the generator used, as a share of all that was used. */
  cpuOfOthers: number;
  batches: Record<string, number>;
  /** Transactions per request, by service. */
  commits: Record<string, number>;
}

export function summarise(rounds: readonly Round[]): Summary[] {
  const parts = new Map<string, Round[]>();
  for (const round of rounds) parts.set(round.part, [...(parts.get(round.part) ?? []), round]);
  return [...parts].map(([part, own]) => {
    const rates = own.map(rateOf);
    const shares = own.map(({ cpu, count }) =>
      Object.fromEntries(Object.entries(cpu?.byProcess ?? {}).map(([name, ms]) => [name, ms / count])),
    );
    return {
      part,
      rounds: own.length,
      count: own.reduce((sum, round) => sum + round.count, 0),
      perSecond: median(rates),
      spread: spread(rates),
      p50: median(own.map(({ latency }) => latency.p50)),
      p95: median(own.map(({ latency }) => latency.p95)),
      p99: median(own.map(({ latency }) => latency.p99)),
      settledAfterMs: median(own.map((round) => round.settledAfterMs)),
      outcomes: sumByKey(own.map(({ outcomes }) => outcomes)),
      cpu: medianByKey(shares),
      cpuTotal: median(shares.map(total)),
      cpuGenerator: median(own.map(({ cpuMs, count }) => cpuMs / count)),
      cpuOfOthers: median(own.map(othersOf)),
      batches: medianByKey(own.map(({ batches }) => batches)),
      commits: medianByKey(
        own.map(({ commits, count }) =>
          Object.fromEntries(Object.entries(commits).map(([service, n]) => [service, n / count])),
        ),
      ),
    };
  });
}

const total = (record: Readonly<Record<string, number>>): number =>
  Object.values(record).reduce((sum, value) => sum + value, 0);

export const rateOf = ({ count, ms }: Pick<Round, 'count' | 'ms'>): number => (count / ms) * 1000;

function othersOf({ cpu, cpuMs }: Round): number {
  if (!cpu || cpu.machine === 0) return 0;
  return Math.max(0, 1 - (total(cpu.byProcess) + cpuMs) / cpu.machine);
}

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** The tables that a person reads. */
export function tables(summaries: readonly Summary[], idle: Readonly<Record<string, number>>): string[] {
  const rates = summaries.map((s) => [
    s.part,
    s.perSecond.toFixed(0),
    `${(s.spread * 100).toFixed(0)} %`,
    ...[s.p50, s.p95, s.p99, s.settledAfterMs].map(ms),
    s.cpuTotal.toFixed(2),
    s.cpuGenerator.toFixed(2),
    `${(s.cpuOfOthers * 100).toFixed(0)} %`,
    Object.entries(s.outcomes)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', '),
  ]);
  const names = [...new Set(summaries.flatMap(({ cpu }) => Object.keys(cpu)))];
  const byCost = names.toSorted((a, b) => costOf(summaries, b) - costOf(summaries, a));
  const costs = byCost.map((name) => [
    name,
    ...summaries.map(({ cpu }) => (cpu[name] ?? 0).toFixed(3)),
    (idle[name] ?? 0).toFixed(0),
  ]);
  const orders = summaries.filter(({ batches }) => total(batches) > 0);
  const kinds = [...new Set(orders.flatMap(({ batches }) => Object.keys(batches)))];
  const batches = kinds.map((kind) => [kind, ...orders.map((s) => (s.batches[kind] ?? 0).toFixed(1))]);
  const databases = [...new Set(orders.flatMap((summary) => Object.keys(summary.commits)))];
  const commits = databases.map((name) => [name, ...orders.map((s) => (s.commits[name] ?? 0).toFixed(2))]);
  const head = [
    '',
    'per s',
    'spread',
    'p50 ms',
    'p95',
    'p99',
    'settled',
    'CPU ms',
    'generator',
    'others',
    'outcomes',
  ];
  return [
    ...table(head, rates),
    '',
    'CPU-ms per request by process; idle: ms per second with nobody asking',
    ...table(['', ...summaries.map(({ part }) => part), 'idle'], costs),
    '',
    'Items per transaction',
    ...table(['', ...orders.map(({ part }) => part)], batches),
    '',
    'Transactions per request by database',
    ...table(['', ...orders.map(({ part }) => part)], commits),
  ];
}

const costOf = (summaries: readonly Summary[], name: string): number =>
  summaries.reduce((sum, { cpu }) => sum + (cpu[name] ?? 0), 0);
