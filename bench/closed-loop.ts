import { percentile } from './statistic.ts';

export interface Limits {
  /** New requests are begun for so long, */
  ms: number;
  /** and no more than so many. */
  atMost: number;
}

export interface Latency {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Result {
  count: number;
  /** From the first request to the last answer. */
  ms: number;
  /** Of the process that asked; 0 where it is part of what is measured. */
  cpuMs: number;
  outcomes: Record<string, number>;
  latency: Latency;
}

/** So many clients, each of whom asks again as soon as he is answered. @param one answers its outcome, and never rejects */
export async function closedLoop(
  { concurrency, ms: duration, atMost }: Limits & { concurrency: number },
  one: (n: number) => Promise<string>,
): Promise<Result> {
  const latencies: number[] = [];
  const outcomes: Record<string, number> = {};
  let begun = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const client = async (): Promise<void> => {
    while (begun < atMost && performance.now() - start < duration) {
      const before = performance.now();
      const outcome = await one(begun++);
      latencies.push(performance.now() - before);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    count: latencies.length,
    ms,
    cpuMs: (user + system) / 1000,
    outcomes,
    latency: latencyOf(latencies),
  };
}

export function latencyOf(latencies: readonly number[]): Latency {
  const sorted = Float64Array.from(latencies).sort();
  const [p50 = 0, p95 = 0, p99 = 0, max = 0] = [0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share));
  return { p50, p95, p99, max };
}

/** An error in few words: its code where it has one. */
export const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message;
