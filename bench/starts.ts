import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessSpec } from '../tools/supervision/managed-process.ts';
import { answers } from '../tools/supervision/probes.ts';
import type { Caravan } from './caravan.ts';
import { port } from './processes.ts';
import { median } from './statistic.ts';
import { OUTSIDE } from './system.ts';

const PATIENCE_MS = 60_000;

/** Milliseconds from nothing to ready, of one more of each service beside those that run: the medians of so many starts. */
export async function startTimes({ stack }: Caravan, times: number): Promise<Record<string, number>> {
  const starts: Record<string, number> = {};
  for (const { name } of stack.processes.filter((process) => !OUTSIDE.has(process.name))) {
    const { spec } = stack.supervisor.find(name);
    const further = { MANAGEMENT_PORT: String(await port()), PORT: String(await port()) };
    const measured: number[] = [];
    for (let n = 0; n < times; n++) measured.push(await startOnce(spec, { ...spec.env, ...further }));
    starts[name] = median(measured);
  }
  return starts;
}

async function startOnce(
  { name, command, args, cwd }: ProcessSpec,
  env: Record<string, string>,
): Promise<number> {
  const began = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: 'ignore' });
  const gone = once(child, 'exit');
  const health = `http://127.0.0.1:${env['MANAGEMENT_PORT']}/health/ready`;
  try {
    while (!(await answers(health).catch(() => false))) {
      if (child.exitCode !== null) throw new Error(`one more ${name} ended with exit code ${child.exitCode}`);
      if (performance.now() - began > PATIENCE_MS) throw new Error(`one more ${name} does not get ready`);
      await delay(10);
    }
    return performance.now() - began;
  } finally {
    child.kill('SIGTERM');
    await gone;
  }
}
