import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Folders, foldersAt } from '../tools/checkout.ts';
import { bringUp } from '../tools/infrastructure/bring-up.ts';
import type { Kind, Server } from '../tools/infrastructure/infrastructure.ts';
import { openSite } from '../tools/open-site.ts';
import type { Supervisor } from '../tools/supervision/supervisor.ts';
import { Proxy } from './tools/proxy.ts';

const run = promisify(execFile);

/** The servers that the storm blows over: PostgreSQL, RabbitMQ and Redis of its own, each with a proxy in front. */
export interface Ground {
  readonly folders: Folders;
  readonly supervisor: Supervisor;
  readonly servers: Readonly<Record<Kind, Server>>;
  readonly proxies: Readonly<Record<Kind, Proxy>>;
  /** The server's URL through its proxy. */
  through(kind: Kind): string;
  rabbitmqctl(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Brings the servers up, empty; whatever fails, what had been started is stopped. */
export async function openGround(
  root: string,
  say: (line: string) => void,
  onStoppable: (stop: () => Promise<void>) => void = () => undefined,
): Promise<Ground> {
  const folders = foldersAt(root);
  const opened = await openSite(folders, { fresh: true, throwAway: true, vhosts: [], say });
  const proxies: Proxy[] = [];
  const close = async (): Promise<void> => {
    for (const proxy of proxies) await proxy.close();
    await opened.close();
  };
  onStoppable(close);
  try {
    const { postgres, rabbitmq, redis } = await bringUp(opened.site, {});
    if (!redis) throw new Error('the storm needs a Redis to take away: install redis-server');
    const servers = { postgres, rabbitmq, redis };
    const proxyOf = async ({ url }: Server): Promise<Proxy> => {
      const { hostname: host, port } = new URL(url);
      const proxy = await Proxy.open({ host, port: Number(port) });
      proxies.push(proxy);
      return proxy;
    };
    const front = {
      postgres: await proxyOf(postgres),
      rabbitmq: await proxyOf(rabbitmq),
      redis: await proxyOf(redis),
    };
    const ctl = join(folders.root, 'bin/rabbitmqctl');
    opened.supervisor.becomeReady();
    return {
      folders,
      supervisor: opened.supervisor,
      servers,
      proxies: front,
      through: (kind) => Object.assign(new URL(servers[kind].url), { port: front[kind].port }).toString(),
      rabbitmqctl: async (...args) => (await run(ctl, ['-q', ...args], { timeout: 60_000 })).stdout,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
