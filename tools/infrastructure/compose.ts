import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout, hashOf } from '../checkout.ts';
import { versionOf } from './contact.ts';
import { type Kind, type Server, type Site, titles } from './infrastructure.ts';
import { findExecutable } from './machine.ts';
import { deliveryPolicy } from './rabbitmq-definitions.ts';

const run = promisify(execFile);

const file = join(checkout, 'compose.yaml');

const docker = (): string => findExecutable('docker') ?? 'docker';

/** One server from compose.yaml, published on the loopback only, in a project of this checkout's own. */
export async function startFromCompose(site: Site, kind: Kind, why: string): Promise<Server> {
  const project = `caravan-${hashOf(site.folders.root)}`;
  const port = await site.portFor(kind);
  const password = site.secrets.get(kind);
  const name = kind.toUpperCase();
  const env = { ...process.env, CARAVAN_PASSWORD: password, [`CARAVAN_${name}_PORT`]: String(port) };
  const compose = ['compose', '-p', project, '-f', file];
  site.useCompose(project, kind);
  if (site.fresh) await run(docker(), [...compose, 'rm', '--stop', '--force', '--volumes', kind], { env });
  if (site.fresh && kind !== 'redis')
    await run(docker(), ['volume', 'rm', '--force', `${project}_${kind}`], { env });
  site.say(`  ${titles[kind]}: docker compose up (the first time it downloads the image)`);
  try {
    await run(docker(), [...compose, 'up', '--detach', '--wait', kind], { env, signal: site.aborted });
  } catch (error) {
    throw new Error(
      `docker compose could not start ${kind}: ${(error as { stderr?: string }).stderr ?? String(error)}`,
      { cause: error },
    );
  }
  if (kind === 'rabbitmq') {
    const ctl = [...compose, 'exec', '-T', 'rabbitmq', 'rabbitmqctl'];
    for (const vhost of site.vhosts) {
      await run(docker(), [...ctl, 'add_vhost', vhost], { env });
      await run(docker(), [...ctl, 'set_permissions', '-p', vhost, 'caravan', '.*', '.*', '.*'], { env });
    }
    const { name: policy, pattern, definition } = deliveryPolicy;
    for (const vhost of ['/', ...site.vhosts]) {
      const words = ['set_policy', '-p', vhost, '--apply-to', 'queues', policy, pattern];
      await run(docker(), [...ctl, ...words, JSON.stringify(definition)], { env });
    }
  }
  const url = {
    postgres: `postgres://caravan:${password}@127.0.0.1:${port}/postgres`,
    rabbitmq: `amqp://caravan:${password}@127.0.0.1:${port}`,
    redis: `redis://:${password}@127.0.0.1:${port}`,
  }[kind];
  const hints =
    kind === 'rabbitmq'
      ? [`look into RabbitMQ: docker compose -p ${project} exec rabbitmq rabbitmqctl list_queues`]
      : [];
  return {
    kind,
    version: await versionOf(kind, url),
    source: `docker compose, ${why}`,
    url,
    ours: true,
    hints,
  };
}

/** Stops the project's containers and keeps their volumes. */
export async function stopCompose(project: string): Promise<void> {
  await run(docker(), ['compose', '-p', project, '-f', file, 'down'], {
    env: { ...process.env, CARAVAN_PASSWORD: 'unused' },
  });
}
