import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashOf } from '../checkout.ts';
import type { ProcessSpec } from '../supervision/managed-process.ts';
import { isOurs, versionOf } from './contact.ts';
import { type Server, type Site, plainEnvironment, runOnPort } from './infrastructure.ts';
import { isSafePath, serverFolder } from './server-folder.ts';
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
  const home = join(serverFolder(folders), 'rabbitmq');
  if (site.fresh) rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const password = site.secrets.get('rabbitmq');
  const urlAt = (port: number): string => `amqp://${USER}:${password}@127.0.0.1:${port}`;
  const definitions = join(home, 'definitions.json');
  writeFileSync(definitions, rabbitmqDefinitions(USER, password, ['/', ...site.vhosts]), { mode: 0o600 });
  writeFileSync(join(home, 'enabled_plugins'), '[].\n');
  const name = `caravan-${hashOf(folders.root)}`;
  const own = {
    HOME: home,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `${name}@localhost`,
    RABBITMQ_CONF_ENV_FILE: join(home, 'none.conf'),
  };
  const base = { ...plainEnvironment(folders.root), ...own };
  const node = { ...own, ERL_EPMD_PORT: String(await startEpmd(site, base)) };
  const specAt = async (port: number): Promise<ProcessSpec> => {
    writeFileSync(
      join(home, 'rabbitmq.conf'),
      `listeners.tcp.1 = 127.0.0.1:${port}\nload_definitions = ${definitions}\nlog.file.level = info\n`,
    );
    return {
      name: 'rabbitmq',
      replica: 0,
      command: program,
      args: [],
      env: {
        ...base,
        ...node,
        RABBITMQ_DIST_PORT: String(await site.portFor('rabbitmqDist', port !== first)),
        RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
        RABBITMQ_LOG_BASE: isSafePath(folders.logs) ? join(folders.logs, 'rabbitmq') : join(home, 'logs'),
        RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
        // Without it the script stays as a shell around the node, and a signal must find its way through it.
        RUNNING_UNDER_SYSTEMD: 'true',
      },
      cwd: home,
      logFile: join(folders.logs, 'rabbitmq.log'),
      ready: () => isOurs('rabbitmq', urlAt(port), name),
      graceMs: 15_000,
    };
  };
  let first: number | undefined;
  const url = urlAt(
    await runOnPort(site, 5, 'rabbitmq', (port) => {
      first ??= port;
      return specAt(port);
    }),
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

/** Started here, or the first Erlang program would leave one behind that has no owner. @returns its port */
async function startEpmd(site: Site, env: Record<string, string>): Promise<number> {
  const epmd = findEpmd();
  if (!epmd) return site.portFor('epmd');
  return runOnPort(site, 6, 'epmd', (port) => ({
    name: 'epmd',
    replica: 0,
    command: epmd,
    args: ['-port', String(port), '-address', '127.0.0.1'],
    env,
    logFile: join(site.folders.logs, 'epmd.log'),
    ready: () => accepts(port),
    graceMs: 2_000,
  }));
}

function writeCtl(root: string, folder: string, node: Record<string, string>): string {
  const file = join(root, 'bin', 'rabbitmqctl');
  mkdirSync(dirname(file), { recursive: true });
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const words = Object.entries(node).map(([name, value]) => `export ${name}=${quoted(value)}`);
  // Whatever it leaves running is found by npm stop; a port mapper is not among it.
  words.push(`export CARAVAN_STACK=${quoted(root)}`);
  words.push("export ERL_FLAGS='-start_epmd false'");
  words.push(
    `[ -e ${quoted(join(root, 'run/state.json'))} ] || { echo 'Caravan does not run in this checkout. Start it: npm start' >&2; exit 1; }`,
  );
  words.push(`exec ${quoted(join(folder, 'rabbitmqctl'))} "$@"`);
  writeFileSync(file, `#!/bin/sh\n${words.join('\n')}\n`, { mode: 0o755 });
  return file;
}
