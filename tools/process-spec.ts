import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Folders, checkout, nodeBinary } from './checkout.ts';
import { type Surroundings, environmentOf } from './environment.ts';
import type { ProcessSpec } from './supervision/managed-process.ts';
import { accepts, answers } from './supervision/probes.ts';
import type { Planned } from './system-plan.ts';

/** How one process of the system is run and asked for its health. */
export function specOf(
  planned: Planned,
  around: Surroundings,
  folders: Folders,
  further: Record<string, string> = {},
): ProcessSpec {
  const { name, replica, port, managementPort } = planned;
  const label = replica > 0 ? `${name}-${replica}` : name;
  const env = { ...environmentOf(planned, around), ...further };
  writeEnvironment(folders, label, env);
  const program =
    name === 'mail-sink' ? ['tools/mail-sink.ts'] : ['--enable-source-maps', `dist/apps/${name}/main.js`];
  const health = managementPort
    ? `http://127.0.0.1:${managementPort}/health/ready`
    : `http://127.0.0.1:${port}/health`;
  return {
    name,
    replica,
    command: nodeBinary,
    args: program,
    cwd: checkout,
    env,
    logFile: join(folders.logs, `${label}.log`),
    ready: () => (name === 'mail-sink' ? accepts(port ?? 0) : answers(health)),
    graceMs: Number(env.SHUTDOWN_GRACE_MS) + 2_000,
    port,
    managementPort,
    url: name === 'mail-sink' ? `smtp://127.0.0.1:${port}` : port ? `http://127.0.0.1:${port}` : undefined,
  };
}

/** The same environment as a file, to run a process by hand: `node --env-file=.data/run/env/orders.env …`. */
function writeEnvironment(folders: Folders, label: string, env: Record<string, string>): void {
  const folder = join(folders.run, 'env');
  mkdirSync(folder, { recursive: true });
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  writeFileSync(join(folder, `${label}.env`), lines.join(''), { mode: 0o600 });
}
