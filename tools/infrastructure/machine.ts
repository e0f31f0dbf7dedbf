import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where servers hide besides the PATH, which for ordinary users of Debian lacks /usr/sbin. */
const furtherFolders = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];

export const searchPath = (): string[] => [
  ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
  ...furtherFolders,
];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const findExecutable = (name: string, folders = searchPath()): string | undefined =>
  folders.map((folder) => join(folder, name)).find(executable);

/** The folder of RabbitMQ's real scripts: Debian's command in PATH is a wrapper that insists on its own user. */
export function findRabbitmq(folders = searchPath()): string | undefined {
  const found = findExecutable('rabbitmq-server', folders);
  if (!found) return undefined;
  const behindWrapper = '/usr/lib/rabbitmq/bin/rabbitmq-server';
  if (readFileSync(found, 'utf8').includes('id -u rabbitmq') && executable(behindWrapper))
    return behindWrapper;
  return realpathSync(found);
}

/** Erlang's port mapper, from the PATH or from Erlang's own folder. */
export function findEpmd(folders = searchPath()): string | undefined {
  const found = findExecutable('epmd', folders);
  if (found) return found;
  for (const erlang of ['/usr/lib/erlang', '/usr/local/lib/erlang', '/opt/homebrew/lib/erlang']) {
    try {
      const erts = readdirSync(erlang).find((name) => name.startsWith('erts-'));
      if (erts && executable(join(erlang, erts, 'bin/epmd'))) return join(erlang, erts, 'bin/epmd');
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Undefined when a Docker engine answers and has the compose plugin; otherwise why not. */
export async function whyNoDocker(): Promise<string | undefined> {
  const docker = findExecutable('docker');
  if (!docker) return 'no docker command';
  try {
    await run(docker, ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000 });
  } catch {
    return 'the docker engine does not answer';
  }
  try {
    await run(docker, ['compose', 'version'], { timeout: 5_000 });
    return undefined;
  } catch {
    return 'docker has no compose plugin';
  }
}
