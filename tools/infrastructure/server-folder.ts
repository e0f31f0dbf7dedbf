import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type Folders, hashOf } from '../checkout.ts';
import type { PostgresPrograms } from './private-postgres.ts';

/**
 * RabbitMQ's start scripts and initdb put paths into shells and settings without quoting what is special there, and
 * PostgreSQL's and Erlang's paths are limited in length.
 */
export const isSafePath = (path: string): boolean =>
  /^[\w./ %()&+,=@:~^-]+$/.test(path) && path.length <= 150;

/** The user's cache, or a folder of the user's own in /tmp where that is no safe path either. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME = '', HOME } = env;
  const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME || homedir(), '.cache');
  const own = join(cache, 'caravan');
  return isSafePath(own) && own.length <= 100
    ? own
    : join(tmpdir(), `caravan-${process.getuid?.() ?? 'user'}`);
}

/** Where the private servers keep their data: in the checkout, or, where its path would break them, in the user's cache. */
export function serverFolder(folders: Folders, env = process.env): string {
  return isSafePath(folders.root) ? folders.root : join(cacheFolder(env), hashOf(folders.root));
}

/** Makes that folder; says once a start where it lies, if it is not in the checkout. */
export function makeServerFolder(folders: Folders, say: (line: string) => void): string {
  const folder = serverFolder(folders);
  mkdirSync(folder, { recursive: true });
  if (folder === folders.root) return folder;
  // The user that PostgreSQL runs as under root has to come through.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  say(`  the path of this checkout has characters (or a length) that PostgreSQL or RabbitMQ cannot take:`);
  say(`  their data lie in ${folder}`);
  return folder;
}

/** PostgreSQL's programs at a path that they can take themselves; copied there once where they lie elsewhere. */
export function safePrograms(programs: PostgresPrograms, folder: string): PostgresPrograms {
  const native = dirname(dirname(programs.postgres));
  if (isSafePath(native)) return programs;
  const copy = join(folder, 'postgres-programs');
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, copy);
  }
  const at = (program: string): string => join(copy, 'bin', basename(program));
  return { initdb: at(programs.initdb), postgres: at(programs.postgres) };
}
