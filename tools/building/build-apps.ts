import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, nodeBinary } from '../checkout.ts';
import { withLock } from '../supervision/file-lock.ts';
import { hashSources } from './source-hash.ts';

const AT_ONCE = 2;

const configuration = ['package-lock.json', 'tsconfig.json', 'nest-cli.json', 'rspack.config.cjs'];

const bundle = (app: string): string => join(checkout, 'dist/apps', app, 'main.js');

function sourcesOf(app: string): string[] {
  const libs = readdirSync(join(checkout, 'libs')).map((lib) => `libs/${lib}/src`);
  // The single process is made of all the others.
  const apps = app === 'single-process' ? readdirSync(join(checkout, 'apps')) : [app];
  return [
    ...configuration,
    ...libs,
    ...apps.flatMap((each) => [`apps/${each}/src`, `apps/${each}/tsconfig.app.json`]),
  ];
}

function build(app: string): Promise<void> {
  const nest = join(checkout, 'node_modules/@nestjs/cli/bin/nest.js');
  return new Promise((resolve, reject) => {
    execFile(
      nodeBinary,
      [nest, 'build', app],
      { cwd: checkout, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (!error && existsSync(bundle(app))) resolve();
        else reject(new Error(`nest build ${app} failed:\n${stdout}${stderr}`));
      },
    );
  });
}

/** Builds those apps whose sources, libs or configuration changed since their bundle was made, two at a time. */
export async function buildIfStale(apps: string[], say: (line: string) => void): Promise<void> {
  const stamps = join(checkout, '.data/build');
  mkdirSync(stamps, { recursive: true });
  const waiting = (pid: number): void => say(`  waiting for another build in this checkout (pid ${pid})`);
  await withLock(join(stamps, 'lock'), waiting, async () => {
    const stale = apps
      .map((app) => ({
        app,
        stamp: join(stamps, `${app}.sha256`),
        hash: hashSources(checkout, sourcesOf(app)),
      }))
      .filter(
        ({ app, stamp, hash }) =>
          !existsSync(bundle(app)) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash,
      );
    if (stale.length === 0) return;
    say(`  building ${stale.map(({ app }) => app).join(', ')}`);
    const began = performance.now();
    const queue = [...stale];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await build(next.app);
        writeFileSync(next.stamp, next.hash);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    say(
      `  built ${stale.length} of ${apps.length} apps in ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
  });
}
