import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProcessSpec } from '../supervision/managed-process.ts';
import { isOurs, versionOf } from './contact.ts';
import { type Server, type Site, plainEnvironment, runOnPort } from './infrastructure.ts';

/** A redis-server of our own: loopback, password, nothing on disk (it is a cache and a limiter only). */
export async function startPrivateRedis(site: Site, program: string, why: string): Promise<Server> {
  const password = site.secrets.get('redis');
  const urlAt = (port: number): string => `redis://:${password}@127.0.0.1:${port}`;
  const config = join(site.folders.run, 'redis.conf');
  const settings = [
    'bind 127.0.0.1',
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory 64mb',
    'maxmemory-policy allkeys-lru',
  ];
  const specAt = (port: number): ProcessSpec => {
    writeFileSync(config, `${[...settings, `port ${port}`].join('\n')}\n`, { mode: 0o600 });
    return {
      name: 'redis',
      replica: 0,
      command: program,
      // Named from its folder, so that no character of the path above it is read by redis-server.
      args: [basename(config)],
      cwd: dirname(config),
      env: plainEnvironment(site.folders.root),
      logFile: join(site.folders.logs, 'redis.log'),
      ready: () => isOurs('redis', urlAt(port), config),
      graceMs: 5_000,
    };
  };
  const url = urlAt(await runOnPort(site, 5, 'redis', specAt));
  return {
    kind: 'redis',
    version: await versionOf('redis', url),
    source: `private instance, ${why}`,
    url,
    ours: true,
    hints: [],
  };
}
