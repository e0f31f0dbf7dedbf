import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from './contact.ts';
import { type Server, type Site, plainEnvironment } from './infrastructure.ts';

/** A redis-server of our own: loopback, password, nothing on disk (it is a cache and a limiter only). */
export async function startPrivateRedis(site: Site, program: string, why: string): Promise<Server> {
  const port = await site.portFor('redis');
  const password = site.secrets.get('redis');
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const config = join(site.folders.run, 'redis.conf');
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory 64mb',
    'maxmemory-policy allkeys-lru',
    `dir "${site.folders.run}"`,
  ];
  writeFileSync(config, `${settings.join('\n')}\n`, { mode: 0o600 });
  await site.run(
    {
      name: 'redis',
      replica: 0,
      command: program,
      args: [config],
      env: plainEnvironment(site.folders.root),
      logFile: join(site.folders.logs, 'redis.log'),
      ready: async () => (await versionOf('redis', url)) !== '',
      graceMs: 5_000,
      port,
    },
    5,
  );
  return {
    kind: 'redis',
    version: await versionOf('redis', url),
    source: `private instance, ${why}`,
    url,
    ours: true,
    hints: [],
  };
}
