import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Folders, checkout, nodeBinary } from './checkout.ts';
import { type Surroundings, environmentOf } from './environment.ts';
import { NODE_FLAGS } from './node-flags.ts';
import type { Restartable } from './rolling-restart.ts';
import type { ProcessSpec } from './supervision/managed-process.ts';
import type { PortMarket } from './supervision/ports.ts';
import { answers, greets } from './supervision/probes.ts';
import { replace } from './supervision/replacement.ts';
import type { Supervisor } from './supervision/supervisor.ts';
import { type Planned, labelOf } from './system-plan.ts';

/** What one start of a process may have of its own. */
export interface Own {
  /** Further environment. */
  env?: Record<string, string>;
  /** Its bundle (`main.js`), of another build than this checkout's. */
  program?: string;
  /** Management port of a successor for as long as the process before it has its own. */
  meanwhile?: number;
}

/** How one process of the system is run and asked for its health. */
export function specOf(
  planned: Planned,
  around: Surroundings,
  folders: Folders,
  { env: further = {}, program: bundle = `dist/apps/${planned.name}/main.js`, meanwhile }: Own = {},
): ProcessSpec {
  const { name, replica, port } = planned;
  const managementPort = meanwhile ?? planned.managementPort;
  const label = labelOf(planned);
  const env = { ...environmentOf(planned, around), ...further };
  if (meanwhile === undefined) writeEnvironment(folders, label, env);
  else env.MANAGEMENT_PORT_MEANWHILE = String(meanwhile);
  const program = name === 'mail-sink' ? ['tools/mail-sink.ts'] : [...NODE_FLAGS, bundle];
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
    ready: (instance) => (name === 'mail-sink' ? greets(port ?? 0, instance) : answers(health, instance)),
    ...(managementPort && {
      live: (instance: string) => answers(`http://127.0.0.1:${managementPort}/health/live`, instance),
    }),
    graceMs: Number(env.SHUTDOWN_GRACE_MS) + 2_000,
    port,
    ...(port === undefined
      ? {}
      : { socket: (around.ports.get(name)?.length ?? 1) > 1 ? 'released' : 'kept' }),
    managementPort,
    url: name === 'mail-sink' ? `smtp://127.0.0.1:${port}` : port ? `http://127.0.0.1:${port}` : undefined,
  };
}

/** How each process of the plan is put in the place of the one before it. */
export function restartables(
  supervisor: Supervisor,
  plan: readonly Planned[],
  specFor: (planned: Planned, meanwhile?: number) => ProcessSpec,
  market: PortMarket & { release(port: number): void },
): Restartable[] {
  return plan.map((planned) => ({
    ...planned,
    label: labelOf(planned),
    replace: async () => {
      const { managementPort } = planned;
      const meanwhile = managementPort && (await market.nextFree(managementPort + 20));
      const final = specFor(planned);
      const interim = meanwhile === undefined ? undefined : specFor(planned, meanwhile);
      try {
        return await replace(supervisor, supervisor.find(labelOf(planned)), { interim, final });
      } finally {
        if (meanwhile !== undefined) market.release(meanwhile);
      }
    },
  }));
}

/** The same environment as a file, to run a process by hand: `node --env-file=.data/run/env/orders.env …`. */
export function writeEnvironment(folders: Folders, label: string, env: Record<string, string>): void {
  const folder = join(folders.run, 'env');
  mkdirSync(folder, { recursive: true });
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  writeFileSync(join(folder, `${label}.env`), lines.join(''), { mode: 0o600 });
}
