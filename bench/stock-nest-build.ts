import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runNpm } from '../tools/bootstrap/packages.mjs';
import { withProgress } from '../tools/bootstrap/progress.mjs';
import { type Lockfile, withPlaces } from '../tools/bootstrap/staging.mjs';
import { hashSources } from '../tools/building/source-hash.ts';
import { checkout, nodeBinary } from '../tools/checkout.ts';

export const home = join(checkout, 'bench/stock-nest');
const packages = join(home, 'node_modules');

const isStamped = (stamp: string, hash: string): boolean =>
  existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;

/** Its packages, when they are first wanted: nobody but the bench needs them. Made aside, moved into place when whole. */
async function install(): Promise<void> {
  const lockfile = readFileSync(join(home, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lockfile).digest('hex');
  const stamp = join(packages, '.caravan-installed');
  if (isStamped(stamp, hash)) return;
  const stage = join(checkout, '.data/bench/stock-nest-packages');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  copyFileSync(join(home, 'package.json'), join(stage, 'package.json'));
  copyFileSync(join(checkout, '.npmrc'), join(stage, '.npmrc'));
  writeFileSync(
    join(stage, 'package-lock.json'),
    JSON.stringify(withPlaces(JSON.parse(lockfile) as Lockfile)),
  );
  const { code, output } = await withProgress(
    'installing the packages of the baseline, bench/stock-nest (once; half a minute with a cold cache)',
    () => runNpm(stage),
  );
  if (code !== 0)
    throw new Error(
      `npm install failed in bench/stock-nest (exit code ${code}):\n${output}\n` +
        'What to do: see that the package registry can be reached (npm ping), or measure without the baseline (--against none).',
    );
  rmSync(packages, { recursive: true, force: true });
  renameSync(join(stage, 'node_modules'), packages);
  writeFileSync(stamp, hash);
}

/** Compiles it with its types checked, when it has changed. */
async function compile(): Promise<void> {
  const sources = ['src', 'tsconfig.json', 'package-lock.json'].map((path) => `bench/stock-nest/${path}`);
  const hash = hashSources(checkout, sources);
  const stamp = join(home, 'dist/.built-from');
  if (isStamped(stamp, hash)) return;
  rmSync(join(home, 'dist'), { recursive: true, force: true });
  const compiler = join(checkout, 'node_modules/typescript/bin/tsc');
  await withProgress('building bench/stock-nest', () => run(nodeBinary, [compiler, '-p', home]));
  writeFileSync(stamp, hash);
}

const run = (command: string, args: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile(command, args, (error, stdout) =>
      error ? reject(new Error(`bench/stock-nest does not compile:\n${stdout}`)) : resolve(),
    );
  });

export async function buildStockNest(): Promise<void> {
  await install();
  await compile();
}
