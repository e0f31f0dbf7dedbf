import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.mjs';
import { withLock } from './lock.mjs';
import { withProgress } from './progress.mjs';
import { run } from './run.mjs';
import { installAside } from './staging.mjs';

const lockfile = join(checkout, 'package-lock.json');
const stamp = join(checkout, 'node_modules/.caravan-installed');
const node24 = join(checkout, 'node_modules/node/bin/node');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const wanted = () =>
  `${createHash('sha256').update(readFileSync(lockfile)).digest('hex')} ${process.platform}-${process.arch}`;

const stamped = () => existsSync(stamp) && existsSync(node24) && readFileSync(stamp, 'utf8') === wanted();

/** True when somebody (npm ci, say) has installed by hand just what the lockfile names. */
export function matchesLockfile(wantedPackages, installed) {
  return Object.entries(wantedPackages).every(
    ([path, entry]) =>
      path === '' ||
      entry.optional ||
      entry.devOptional ||
      entry.link ||
      installed[path]?.version === entry.version,
  );
}

function installedByHand() {
  try {
    const { packages } = readJson(join(checkout, 'node_modules/.package-lock.json'));
    return existsSync(node24) && matchesLockfile(readJson(lockfile).packages, packages);
  } catch {
    return false;
  }
}

function npm() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') && existsSync(own) ? [process.execPath, own] : ['npm'];
}

/** Installs what the lockfile in this folder names, and changes neither of the two. */
export async function runNpm(cwd) {
  const [command, ...prefix] = npm();
  // Not `npm ci`: a registry that lacks binaries for other platforms makes it refuse the lockfile.
  const words = ['install', '--no-save', '--prefer-offline', '--loglevel=error', '--no-audit', '--no-fund'];
  return run(command, [...prefix, ...words], { cwd });
}

async function install() {
  if (!existsSync(join(checkout, 'node_modules'))) {
    const done = await withProgress(
      'installing packages for the first time (about a minute with a cold cache)',
      () => installAside(async (folder) => (await runNpm(folder)).code === 0),
    );
    if (done) return;
  }
  const before = readFileSync(lockfile);
  const { code, output } = await withProgress('installing packages', () => runNpm(checkout));
  if (!readFileSync(lockfile).equals(before)) writeFileSync(lockfile, before);
  if (code === 0 && existsSync(node24)) return;
  throw new Error(
    [
      output || 'npm gave no reason.',
      code === 0
        ? 'npm installed the packages, but not Node 24 (the package "node"): are install scripts switched off (npm config get ignore-scripts)?'
        : `npm install failed (exit code ${code}); what it said is above.`,
      'What to do: see that the package registry can be reached (npm ping), then run the same command again.',
    ].join('\n'),
  );
}

/** Installs what the lockfile names, if that is not there yet; one process of a checkout at a time. */
export async function installPackages() {
  if (stamped()) return;
  mkdirSync(join(checkout, '.data'), { recursive: true });
  const waiting = (pid) => console.error(`waiting for another installation in this checkout (pid ${pid})`);
  await withLock(join(checkout, '.data/install.lock'), waiting, async () => {
    if (stamped()) return;
    if (!installedByHand()) await install();
    writeFileSync(stamp, wanted());
  });
}
