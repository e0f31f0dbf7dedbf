import { join } from 'node:path';
import { type Folders, checkout, nodeBinary } from './checkout.ts';
import { type Surroundings, environmentOf } from './environment.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { writeEnvironment } from './process-spec.ts';
import type { ProcessSpec } from './supervision/managed-process.ts';
import { answers } from './supervision/probes.ts';
import type { Planned } from './system-plan.ts';

export const SINGLE_PROCESS = 'single-process';

/** In place of a broker's address: all services are in the process that reads it. */
export const IN_MEMORY = 'memory://caravan';

/** Those of a plan that live together in one process, and those beside it, which stand for the outside world. */
export function together(plan: readonly Planned[]): { residents: Planned[]; others: Planned[] } {
  return {
    residents: plan.filter(({ standIn }) => !standIn),
    others: plan.filter(({ standIn }) => standIn),
  };
}

/** How the process is run in which all services live: each has the environment of its own, under its name. */
export function singleSpecOf(
  residents: readonly Planned[],
  around: Surroundings,
  folders: Folders,
  further: Record<string, Record<string, string>> = {},
): ProcessSpec {
  const gateway = residents.find(({ name }) => name === 'gateway')!;
  const env: Record<string, string> = { ...around.plain };
  let graceMs = 0;
  for (const resident of residents) {
    const own = { ...environmentOf(resident, around), ...further[resident.name] };
    graceMs = Math.max(graceMs, Number(own.SHUTDOWN_GRACE_MS));
    for (const [name, value] of Object.entries(own))
      if (around.plain[name] !== value) env[`${prefixOf(resident.name)}${name}`] = value;
  }
  writeEnvironment(folders, SINGLE_PROCESS, env);
  const probes = residents.map(({ managementPort }) => `http://127.0.0.1:${managementPort}/health/ready`);
  return {
    name: SINGLE_PROCESS,
    replica: 0,
    command: nodeBinary,
    args: [...NODE_FLAGS, `dist/apps/${SINGLE_PROCESS}/main.js`],
    cwd: checkout,
    env,
    logFile: join(folders.logs, `${SINGLE_PROCESS}.log`),
    ready: async (instance) =>
      (await Promise.all(probes.map((url) => answers(url, instance)))).every(Boolean),
    live: (instance) => answers(`http://127.0.0.1:${gateway.managementPort}/health/live`, instance),
    // The door, those who ask and those who answer leave one after the other, each with its own grace.
    graceMs: 3 * graceMs + 2_000,
    port: gateway.port,
    managementPort: gateway.managementPort,
    url: `http://127.0.0.1:${gateway.port}`,
  };
}

/** `BFF_WEB__` before `PORT` makes it the port of bff-web; see apps/single-process. */
const prefixOf = (service: string): string => `${service.toUpperCase().replaceAll('-', '_')}__`;
