import type { Folders } from '../checkout.ts';
import type { Secrets } from '../secrets.ts';
import type { ManagedProcess, ProcessSpec } from '../supervision/managed-process.ts';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { searchPath } from './machine.ts';
import { holderOf } from '../supervision/ports.ts';

export type Kind = 'postgres' | 'rabbitmq' | 'redis';

export const titles: Record<Kind, string> = { postgres: 'PostgreSQL', rabbitmq: 'RabbitMQ', redis: 'Redis' };

/** One server that the system uses, wherever it came from. */
export interface Server {
  kind: Kind;
  version: string;
  /** Where it came from, in words. */
  source: string;
  /** For administration: PostgreSQL's is a superuser's (or the given user's) URL. */
  url: string;
  /** True when the whole server is ours alone. */
  ours: boolean;
  hints: string[];
}

/** What bringing up a server may use. */
export interface Site {
  folders: Folders;
  secrets: Secrets;
  fresh: boolean;
  /** Tests give up surviving a power cut for speed. */
  throwAway: boolean;
  /** Virtual hosts that the private broker has besides `/`. */
  vhosts: string[];
  say(line: string): void;
  /** Starts and supervises a process; answers once it is ready. */
  run(spec: ProcessSpec, stage: number): Promise<ManagedProcess>;
  /** A port that is held for this server. `another`: the one before turned out to be taken. */
  portFor(name: string, another?: boolean): Promise<number>;
  useCompose(project: string, service: string): void;
  aborted: AbortSignal;
}

/**
 * Starts a server on the port that is held for it. When another process binds that port first, the server is started on the
 * next one instead.
 * @returns the port it has
 */
export async function runOnPort(
  site: Site,
  stage: number,
  name: string,
  specAt: (port: number) => ProcessSpec | Promise<ProcessSpec>,
): Promise<number> {
  const at = async (port: number): Promise<ProcessSpec> => ({
    ...(await specAt(port)),
    port,
    // The addresses of a server that has been ready are known to others: then its port stays.
    exchange: async (taken, wasReady) => {
      if (wasReady) return undefined;
      const other = await site.portFor(name, true);
      site.say(`  port ${taken} is taken by ${holderOf(taken)}: ${name} takes ${other}`);
      return at(other);
    },
  });
  const { spec } = await site.run(await at(await site.portFor(name)), stage);
  return spec.port!;
}

/** The URL without its password, for eyes and logs. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = '***';
  return parsed.toString();
}

/** What every child process may know of its surroundings; the rest it is given by name. */
export function plainEnvironment(root: string): Record<string, string> {
  const kept = ['HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'NODE_EXTRA_CA_CERTS'];
  // Scripts of servers call programs that an ordinary user's PATH may lack.
  const env: Record<string, string> = { CARAVAN_STACK: root, PATH: searchPath().join(delimiter) };
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined && (name !== 'TMPDIR' || existsSync(value))) env[name] = value;
  }
  return env;
}
