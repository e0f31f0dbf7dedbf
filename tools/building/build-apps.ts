import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOwned } from '../bootstrap/owned.mjs';
import { checkout, nodeBinary } from '../checkout.ts';
import { withLock } from '../supervision/file-lock.ts';
import { hashSources } from './source-hash.ts';

const AT_ONCE = 2;

const configuration = ['package-lock.json', 'tsconfig.json', 'nest-cli.json', 'rspack.config.cjs'];

/** Where the bundle of an app is. */
export const bundleOf = (app: string, root = checkout): string => join(root, 'dist/apps', app, 'main.js');

function sourcesOf(app: string, root: string): string[] {
  const libs = readdirSync(join(root, 'libs')).map((lib) => `libs/${lib}/src`);
  // The single process is made of all the others.
  const apps = app === 'single-process' ? readdirSync(join(root, 'apps')) : [app];
  return [
    ...configuration,
    ...libs,
    ...apps.flatMap((each) => [`apps/${each}/src`, `apps/${each}/tsconfig.app.json`]),
  ];
}

async function build(app: string, root: string, signal: AbortSignal): Promise<void> {
  const nest = join(checkout, 'node_modules/@nestjs/cli/bin/nest.js');
  const { code, output } = await runOwned(nodeBinary, [nest, 'build', app], { cwd: root, signal });
  signal.throwIfAborted();
  if (code !== 0 || !existsSync(bundleOf(app, root))) throw new Error(`nest build ${app} failed:\n${output}`);
}

/**
 * Builds those apps whose sources, libs or configuration changed since their bundle was made, two at a time. When one
 * fails or `signal` aborts, the other build is ended too.
 * @param root the sources: this checkout, or another below it, which has no packages of its own
 */
export async function buildIfStale(
  apps: string[],
  say: (line: string) => void,
  signal: AbortSignal = new AbortController().signal,
  root = checkout,
): Promise<void> {
  const stamps = join(root, '.data/build');
  mkdirSync(stamps, { recursive: true });
  const waiting = (pid: number): void => say(`  waiting for another build in this checkout (pid ${pid})`);
  await withLock(join(stamps, 'lock'), waiting, async () => {
    const stale = apps
      .map((app) => ({
        app,
        stamp: join(stamps, `${app}.sha256`),
        hash: hashSources(root, sourcesOf(app, root)),
      }))
      .filter(
        ({ app, stamp, hash }) =>
          !existsSync(bundleOf(app, root)) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash,
      );
    if (stale.length === 0) return;
    say(`  building ${stale.map(({ app }) => app).join(', ')}`);
    const began = performance.now();
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const queue = [...stale];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await build(next.app, root, either);
        writeFileSync(next.stamp, next.hash);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } catch (error) {
      failed.abort(error);
      throw error;
    }
    say(
      `  built ${stale.length} of ${apps.length} apps in ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
  });
}
