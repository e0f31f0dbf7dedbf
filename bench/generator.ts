import { Pool } from 'undici';
import { closedLoop, codeOf, type Limits, type Result } from './closed-loop.ts';
import { judged } from './decisions.ts';

/**
 * The load, in a process of its own so that its CPU can be told apart: a closed loop of `concurrency` clients over
 * kept-alive connections, with bodies that were made before. Takes one task a message, answers with its result.
 */
export interface Task extends Limits {
  origin: string;
  path: string;
  /** One body is `head + key + tail`; taken in turn. Without a key when `keyPrefix` is missing. `due`: its only right decision. */
  bodies: { head: string; tail: string; due?: string }[];
  keyPrefix?: string;
  /** `authorization` headers, taken in turn; none: anonymous. */
  authorizations: string[];
  /** What of an answer is its outcome: the first group of the first of these that matches. */
  outcomes: string[];
  concurrency: number;
}

async function run(task: Task): Promise<Result> {
  const pool = new Pool(task.origin, { connections: task.concurrency, pipelining: 1, bodyTimeout: 30_000 });
  const patterns = task.outcomes.map((source) => new RegExp(source));
  const headers = (task.authorizations.length > 0 ? task.authorizations : [undefined]).map(
    (authorization) => ({ 'content-type': 'application/json', ...(authorization ? { authorization } : {}) }),
  );
  const result = await closedLoop(task, async (n) => {
    const { head, tail, due } = task.bodies[n % task.bodies.length]!;
    const body = task.keyPrefix === undefined ? head + tail : `${head}${task.keyPrefix}${n}${tail}`;
    return judged(await one(pool, task.path, headers[n % headers.length]!, body, patterns), due);
  });
  await pool.close();
  return result;
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
    return codeOf(error);
  }
}

process.on('message', (task: Task) => {
  void run(task).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.send?.({ ready: true });
