import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkout } from './checkout.mjs';
import { withLock } from './lock.mjs';
import { withProgress } from './progress.mjs';
import { run } from './run.mjs';

const servers = [
  { kind: 'rabbitmq', variable: 'RABBITMQ_URL', server: 'rabbitmq-server' },
  { kind: 'redis', variable: 'REDIS_URL', server: 'redis-server' },
];

/** What the decision needs to know of the machine; a test gives its own. */
export const machine = {
  env: process.env,
  isRoot: () => process.getuid?.() === 0,
  has(program) {
    const folders = [
      ...(process.env.PATH ?? '').split(delimiter),
      '/usr/local/sbin',
      '/usr/sbin',
      '/sbin',
      '/usr/bin',
    ];
    return folders.some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  },
  distribution() {
    try {
      return readFileSync('/etc/os-release', 'utf8');
    } catch {
      return '';
    }
  },
  dockerRuns: async () =>
    (await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000 })).code === 0,
};

/** The servers for which the contract's ladder comes to rung 4: apt-get, as root on Debian or Ubuntu. */
export async function serversToInstall(on = machine) {
  const missing = servers.filter(({ variable, server }) => !on.env[variable] && !on.has(server));
  const debian = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(on.distribution());
  if (missing.length === 0 || !debian || !on.isRoot() || !on.has('apt-get')) return [];
  return (await on.dockerRuns()) ? [] : missing;
}

const policy = '/usr/sbin/policy-rc.d';

/** Debian starts what it installs; asked by this file, it does not. One that is there already stays as it is. */
async function withoutStarting(work) {
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(policy, { force: true });
  }
}

/** Installs the missing servers; answers by kind "installed" or what went wrong. Never throws: a later rung may do. */
export async function installServers() {
  if ((await serversToInstall()).length === 0) return {};
  const waiting = (pid) => console.error(`waiting for another installation in this checkout (pid ${pid})`);
  return withLock(join(checkout, '.data/apt.lock'), waiting, async () => {
    const missing = await serversToInstall();
    const names = missing.map(({ server }) => server);
    if (names.length === 0) return {};
    console.error(
      `This machine has no ${names.join(' and no ')}: installing with apt-get (as root, on Debian or Ubuntu). ` +
        'The services of the machine are not started; Caravan runs a private instance of its own.',
    );
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const options = ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0'];
    const outcome = await withProgress(
      `installing ${names.join(', ')} with apt-get (about half a minute)`,
      async () => {
        const update = await run('apt-get', [...options, 'update'], { env });
        const install = await withoutStarting(() =>
          run('apt-get', [...options, 'install', '--yes', '--no-install-recommends', ...names], { env }),
        );
        return install.code === 0
          ? 'installed'
          : `apt-get failed: ${lastLine(install.output) || lastLine(update.output)}`;
      },
    );
    if (outcome !== 'installed') console.error(outcome);
    return Object.fromEntries(
      missing.map(({ kind, server }) => [kind, machine.has(server) ? 'installed' : outcome]),
    );
  });
}

const lastLine = (text) =>
  text.split('\n').findLast((line) => line.startsWith('E:')) ?? text.split('\n').at(-1) ?? '';
