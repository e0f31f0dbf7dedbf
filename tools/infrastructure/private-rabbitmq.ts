import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashOf } from '../checkout.ts';
import { versionOf } from './contact.ts';
import { type Server, type Site, plainEnvironment } from './infrastructure.ts';
import { accepts } from '../supervision/probes.ts';
import { findEpmd } from './machine.ts';
import { rabbitmqDefinitions } from './rabbitmq-definitions.ts';

const USER = 'caravan';

/**
 * A RabbitMQ node of our own: own name, ports, data, cookie and port mapper, on the loopback only.
 * The machine's own node, its data and its epmd are never touched.
 */
export async function startPrivateRabbitmq(site: Site, program: string, why: string): Promise<Server> {
  const { folders } = site;
  const home = join(folders.root, 'rabbitmq');
  if (site.fresh) rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const [port, distPort, epmdPort] = [
    await site.portFor('rabbitmq'),
    await site.portFor('rabbitmqDist'),
    await site.portFor('epmd'),
  ];
  const password = site.secrets.get('rabbitmq');
  const url = `amqp://${USER}:${password}@127.0.0.1:${port}`;
  const definitions = join(home, 'definitions.json');
  writeFileSync(definitions, rabbitmqDefinitions(USER, password, ['/', ...site.vhosts]), { mode: 0o600 });
  writeFileSync(
    join(home, 'rabbitmq.conf'),
    `listeners.tcp.1 = 127.0.0.1:${port}\nload_definitions = ${definitions}\nlog.file.level = info\n`,
  );
  writeFileSync(join(home, 'enabled_plugins'), '[].\n');
  const node = {
    HOME: home,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `caravan-${hashOf(folders.root)}@localhost`,
    RABBITMQ_CONF_ENV_FILE: join(home, 'none.conf'),
  };
  const env = {
    ...plainEnvironment(folders.root),
    ...node,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folders.logs, 'rabbitmq'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Without it the script stays as a shell around the node, and a signal must find its way through it.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
  await startEpmd(site, env, epmdPort);
  await site.run(
    {
      name: 'rabbitmq',
      replica: 0,
      command: program,
      args: [],
      env,
      cwd: home,
      logFile: join(folders.logs, 'rabbitmq.log'),
      ready: async () => (await versionOf('rabbitmq', url)) !== '',
      graceMs: 15_000,
      port,
    },
    5,
  );
  const ctl = writeCtl(folders.root, dirname(program), node);
  return {
    kind: 'rabbitmq',
    version: await versionOf('rabbitmq', url),
    source: `private node, ${why}`,
    url,
    ours: true,
    hints: [`look into RabbitMQ: ${ctl} list_queues name messages consumers`],
  };
}

/** Started here, or the first Erlang program would leave one behind that nobody owns. */
async function startEpmd(site: Site, env: Record<string, string>, port: number): Promise<void> {
  const epmd = findEpmd();
  if (!epmd) return;
  await site.run(
    {
      name: 'epmd',
      replica: 0,
      command: epmd,
      args: ['-port', String(port), '-address', '127.0.0.1'],
      env,
      logFile: join(site.folders.logs, 'epmd.log'),
      ready: () => accepts(port),
      graceMs: 2_000,
      port,
    },
    6,
  );
}

function writeCtl(root: string, folder: string, node: Record<string, string>): string {
  const file = join(root, 'bin', 'rabbitmqctl');
  mkdirSync(dirname(file), { recursive: true });
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const words = Object.entries(node).map(([name, value]) => `export ${name}=${quoted(value)}`);
  words.push(`exec ${quoted(join(folder, 'rabbitmqctl'))} "$@"`);
  writeFileSync(file, `#!/bin/sh\n${words.join('\n')}\n`, { mode: 0o755 });
  return file;
}
