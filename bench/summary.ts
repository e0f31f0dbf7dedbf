import type { Subject } from './flags.ts';
import type { Round } from './rounds.ts';
import { median, medianByKey, spread, sumByKey } from './statistic.ts';
import { OUTSIDE, SERVERS } from './system.ts';

type Numbers = Record<string, number>;

/** The medians over all rounds of one part on one system. */
export interface Summary {
  subject: Subject;
  part: string;
  system: string;
  rounds: number;
  count: number;
  perSecond: number;
  /** Largest minus smallest rate, as a share of the median. */
  spread: number;
  p50: number;
  p95: number;
  p99: number;
  settledAfterMs: number;
  outcomes: Numbers;
  /** CPU-milliseconds per request, by process. */
  cpu: Numbers;
  /** Of the system and its servers, without the outside world's stand-ins. */
  cpuTotal: number;
  cpuGenerator: number;
  /** Processors' time on this machine that neither the system nor the generator used, as a share of all that was used. */
  cpuOfOthers: number;
  /** Resident MB of the system's own processes together: no servers, no stand-ins. */
  rss: number;
  /** Of it what is not shared with other processes. */
  ownMemory: number;
  rssByProcess: Numbers;
  batches: Numbers;
  /** Transactions per request, by service. */
  commits: Numbers;
  /** Rows and kB of write-ahead log per request. */
  written: Numbers;
}

/** One system beside another in the same part: each the first's figure divided by the second's. */
export interface Ratio {
  part: string;
  against: string;
  perSecond: number;
  cpu: number;
  p50: number;
  p99: number;
  rss: number;
  ownMemory: number;
}

export function summarise(rounds: readonly Round[]): Summary[] {
  const parts = new Map<string, Round[]>();
  for (const round of rounds) {
    const key = `${round.part}\0${round.system}`;
    parts.set(key, [...(parts.get(key) ?? []), round]);
  }
  return [...parts.values()].map((own) => {
    const [{ subject, part, system }] = own as [Round];
    const rates = own.map(rateOf);
    const shares = own.map(({ cpu, count }) => perRequest(cpu?.byProcess ?? {}, count));
    const sizes = own.map(({ rss }) => rss);
    const sizeOf = (size: Numbers): number => total(size, OUTSIDE, SERVERS);
    return {
      subject,
      part,
      system,
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
      cpuTotal: median(shares.map((share) => total(share, OUTSIDE))),
      cpuGenerator: median(own.map(({ cpuMs, count }) => cpuMs / count)),
      cpuOfOthers: median(own.map(othersOf)),
      rss: median(sizes.map(sizeOf)),
      ownMemory: median(own.map((round) => sizeOf(round.own))),
      rssByProcess: medianByKey(sizes),
      batches: medianByKey(own.map(({ batches }) => batches)),
      commits: medianByKey(own.map(({ commits, count }) => perRequest(commits, count))),
      written: medianByKey(own.map((round) => perRequest(round.written, round.count))),
    };
  });
}

/** The first system against each of the others, part by part. */
export function ratios(summaries: readonly Summary[], of: string): Ratio[] {
  return summaries
    .filter(({ system }) => system !== of)
    .flatMap((other) => {
      const own = summaries.find(({ system, part }) => system === of && part === other.part);
      if (!own) return [];
      return {
        part: other.part,
        against: other.system,
        perSecond: own.perSecond / other.perSecond,
        cpu: own.cpuTotal / other.cpuTotal,
        p50: own.p50 / other.p50,
        p99: own.p99 / other.p99,
        rss: own.rss / other.rss,
        ownMemory: own.ownMemory / other.ownMemory,
      };
    });
}

/** The sum of all but those that are in one of the sets. */
export const total = (record: Readonly<Numbers>, ...without: ReadonlySet<string>[]): number =>
  Object.entries(record).reduce(
    (sum, [name, value]) => (without.some((set) => set.has(name)) ? sum : sum + value),
    0,
  );

export const rateOf = ({ count, ms }: Pick<Round, 'count' | 'ms'>): number => (count / ms) * 1000;

const perRequest = (record: Readonly<Numbers>, count: number): Numbers =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value / count]));

function othersOf({ cpu, cpuMs }: Round): number {
  if (!cpu || cpu.machine === 0) return 0;
  return Math.max(0, 1 - (total(cpu.byProcess) + cpuMs) / cpu.machine);
}
