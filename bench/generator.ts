import { Pool } from 'undici';
import { percentile } from './statistic.ts';

/**
 * The load, in a process of its own so that its CPU can be told apart: a closed loop of `concurrency` clients over
 * kept-alive connections, with bodies that were made before. Takes one task a message, answers with its result.
 */
export interface Task {
  origin: string;
  path: string;
  /** One body is `head + key + tail`; taken in turn. Without a key when `keyPrefix` is missing. */
  bodies: { head: string; tail: string }[];
  keyPrefix?: string;
  /** `authorization` headers, taken in turn; none: anonymous. */
  authorizations: string[];
  /** What of an answer is its outcome: the first group of the first of these that matches. */
  outcomes: string[];
  concurrency: number;
  /** New requests are begun for so long, */
  ms: number;
  /** and no more than so many. */
  atMost: number;
}

export interface Result {
  count: number;
  /** From the first request to the last answer. */
  ms: number;
  cpuMs: number;
  outcomes: Record<string, number>;
  latency: { p50: number; p95: number; p99: number; max: number };
}

export async function run(task: Task): Promise<Result> {
  const pool = new Pool(task.origin, { connections: task.concurrency, pipelining: 1, bodyTimeout: 30_000 });
  const patterns = task.outcomes.map((source) => new RegExp(source));
  const latencies: number[] = [];
  const outcomes: Record<string, number> = {};
  const headers = (task.authorizations.length > 0 ? task.authorizations : [undefined]).map(
    (authorization) => ({ 'content-type': 'application/json', ...(authorization ? { authorization } : {}) }),
  );
  let begun = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();

  const client = async (): Promise<void> => {
    while (begun < task.atMost && performance.now() - start < task.ms) {
      const n = begun++;
      const { head, tail } = task.bodies[n % task.bodies.length]!;
      const body = task.keyPrefix === undefined ? head + tail : `${head}${task.keyPrefix}${n}${tail}`;
      const before = performance.now();
      const outcome = await one(pool, task.path, headers[n % headers.length]!, body, patterns);
      latencies.push(performance.now() - before);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };

  await Promise.all(Array.from({ length: task.concurrency }, client));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  const sorted = Float64Array.from(latencies).sort();
  const [p50 = 0, p95 = 0, p99 = 0, max = 0] = [0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share));
  return {
    count: latencies.length,
    ms,
    cpuMs: (user + system) / 1000,
    outcomes,
    latency: { p50, p95, p99, max },
  };
}

async function one(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  body: string,
  patterns: RegExp[],
): Promise<string> {
  try {
    const response = await pool.request({ method: 'POST', path, headers, body });
    const text = await response.body.text();
    for (const pattern of patterns) {
      const found = pattern.exec(text);
      if (found) return found[1] ?? found[0];
    }
    return `HTTP ${response.statusCode}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

process.on('message', (task: Task) => {
  void run(task).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
