import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './checkout.mjs';

/**
 * The lockfile with the place of each package's archive filled in. Ours leaves it out, and npm would ask the
 * registry about every package before it fetches it, which doubles the requests. npm puts the configured
 * registry in place of this host (its setting replace-registry-host).
 */
export function withPlaces(lockfile) {
  const packages = Object.entries(lockfile.packages).map(([path, entry]) => {
    if (path === '' || entry.link || entry.resolved || !entry.version || !entry.integrity)
      return [path, entry];
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const archive = `${name.split('/').at(-1)}-${entry.version}.tgz`;
    return [path, { ...entry, resolved: `https://registry.npmjs.org/${name}/-/${archive}` }];
  });
  return { ...lockfile, packages: Object.fromEntries(packages) };
}

/** Some ten thousand files: no one waits for their end, and half of them do no harm. */
function removeLater(folder) {
  if (!existsSync(folder)) return;
  const aside = `${folder}.${process.pid}.gone`;
  renameSync(folder, aside);
  spawn('rm', ['-rf', aside], { detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}

/** @returns false where node_modules cannot be moved: it is mounted there, say */
function moveIn(stage) {
  const [place, old] = [join(checkout, 'node_modules'), join(stage, 'old')];
  try {
    if (existsSync(place)) renameSync(place, old);
    renameSync(join(stage, 'node_modules'), place);
    return true;
  } catch {
    if (!existsSync(place) && existsSync(old)) renameSync(old, place);
    return false;
  }
}

/**
 * An installation is made aside and moved into place when it is whole: one that was interrupted leaves
 * no half of a node_modules. `install` is given the folder; answers whether it came to be.
 */
export async function installAside(install) {
  const stage = join(checkout, '.data/install');
  removeLater(stage);
  mkdirSync(stage, { recursive: true });
  try {
    for (const file of ['package.json', '.npmrc']) {
      if (existsSync(join(checkout, file))) copyFileSync(join(checkout, file), join(stage, file));
    }
    const lockfile = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
    writeFileSync(join(stage, 'package-lock.json'), JSON.stringify(withPlaces(lockfile)));
    if (!(await install(stage)) || !existsSync(join(stage, 'node_modules/node/bin/node'))) return false;
    return moveIn(stage);
  } finally {
    removeLater(stage);
  }
}
