import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.mjs';
import { npmEnvironment } from './environment.mjs';
import { whatIsMissing } from './installed.mjs';
import { withLock } from './lock.mjs';
import { runOwned } from './owned.mjs';
import { withProgress } from './progress.mjs';
import { installAside } from './staging.mjs';

const lockfile = join(checkout, 'package-lock.json');
const stamp = join(checkout, 'node_modules/.caravan-installed');
/** There while an installation changes node_modules in place; one that was interrupted leaves it behind. */
const changing = join(checkout, '.data/install.changing');

const wanted = () =>
  `${createHash('sha256').update(readFileSync(lockfile)).digest('hex')} ${process.platform}-${process.arch}`;

const packagesOf = (root) => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/** The first line is what it was made from; the others are optional packages that were not to be had. */
function stamped() {
  try {
    const [from, ...without] = readFileSync(stamp, 'utf8').trim().split('\n');
    return from === wanted() ? without : undefined;
  } catch {
    return undefined;
  }
}

/** What the stamp says is believed only together with what is there. */
function isWhole() {
  const without = stamped();
  return (
    without !== undefined &&
    !existsSync(changing) &&
    whatIsMissing(checkout, packagesOf(checkout), without).length === 0
  );
}

function npm() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') && existsSync(own) ? [process.execPath, own] : ['npm'];
}

/** Installs what the lockfile in this folder names, and changes neither of the two. Ends with this process. */
export async function runNpm(cwd) {
  const [command, ...prefix] = npm();
  // Not `npm ci`: a registry that lacks binaries for other platforms makes it refuse the lockfile.
  const words = ['install', '--no-save', '--prefer-offline', '--loglevel=error', '--no-audit', '--no-fund'];
  // Said here, they win over the settings in the person's own .npmrc.
  const all = ['--include=dev', '--include=optional', '--include=peer', '--ignore-scripts=false'];
  const plain = ['--dry-run=false', '--global=false', '--package-lock-only=false', '--bin-links=true'];
  return runOwned(command, [...prefix, ...words, ...all, ...plain], {
    cwd,
    env: npmEnvironment(process.env),
  });
}

async function inPlace() {
  const before = readFileSync(lockfile);
  writeFileSync(changing, '');
  const outcome = await withProgress('installing packages', () => runNpm(checkout));
  if (!readFileSync(lockfile).equals(before)) writeFileSync(lockfile, before);
  return outcome;
}

/** Makes node_modules anew, aside, and puts it in the place of the old one when it is whole. */
async function anew() {
  let outcome = { code: 1, output: '' };
  const what = existsSync(join(checkout, 'node_modules'))
    ? 'installing all packages again'
    : 'installing packages for the first time (about a minute with a cold cache)';
  const done = await withProgress(what, () =>
    installAside(async (folder) => (outcome = await runNpm(folder)).code === 0),
  );
  return { ...outcome, done };
}

const isOptional = (path) => packagesOf(checkout)[path]?.optional === true;

/** @returns optional packages that were not to be had */
async function install() {
  const missing = () => whatIsMissing(checkout, packagesOf(checkout));
  let outcome;
  if (existsSync(join(checkout, 'node_modules')) && !existsSync(changing)) {
    if (missing().length === 0) return [];
    outcome = await inPlace();
    if (outcome.code === 0 && missing().length === 0) return [];
  }
  const made = await anew();
  if (made.code === 0 && !made.done) outcome = await inPlace();
  else outcome = made;
  const left = missing();
  if (outcome.code === 0 && left.every(isOptional)) return left;
  throw new Error(
    [
      outcome.output || 'npm gave no reason.',
      outcome.code === 0
        ? `npm ended well, but did not install ${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}.`
        : `npm install failed (exit code ${outcome.code}); what it said is above.`,
      'What to do: see that the package registry can be reached (npm ping), then run the same command again.',
    ].join('\n'),
  );
}

/** Installs what the lockfile names, if that is not there yet; one process of a checkout at a time. */
export async function installPackages() {
  if (isWhole()) return;
  mkdirSync(join(checkout, '.data'), { recursive: true });
  const waiting = (pid) => console.error(`waiting for another installation in this checkout (pid ${pid})`);
  await withLock(join(checkout, '.data/install.lock'), waiting, async () => {
    if (isWhole()) return;
    const without = await install();
    writeFileSync(stamp, [wanted(), ...without].join('\n'));
    rmSync(changing, { force: true });
  });
}
