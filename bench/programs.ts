import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashSources } from '../tools/building/source-hash.ts';
import { checkout, nodeBinary } from '../tools/checkout.ts';

const HOME = 'bench/programs';
const OUT = join(checkout, 'dist', HOME);

/** A program that is made of our libraries, as it is run. */
export const bundleOf = (program: string): string => join(OUT, `${program.replace('-', '.')}.js`);

/** Programs that Node runs as they are. */
export const sourceOf = (program: string): string => join(checkout, HOME, `${program}.ts`);

/** Builds them just as the services are built, when they or a library have changed. */
export async function buildPrograms(programs: readonly string[]): Promise<void> {
  const libs = readdirSync(join(checkout, 'libs')).map((lib) => `libs/${lib}/src`);
  const hash = hashSources(checkout, ['package-lock.json', 'rspack.config.cjs', HOME, ...libs]);
  const stamps = join(checkout, '.data/build');
  mkdirSync(stamps, { recursive: true });
  for (const program of programs) {
    const stamp = join(stamps, `bench-${program}.sha256`);
    if (isWritten(stamp, hash) && isWritten(bundleOf(program))) continue;
    console.log(`  building ${HOME}: ${program}`);
    rmSync(bundleOf(program), { force: true });
    const nest = join(checkout, 'node_modules/@nestjs/cli/bin/nest.js');
    const words = [nest, 'build', program, '--config', `${HOME}/nest-cli.json`];
    const { stdout } = await promisify(execFile)(nodeBinary, words, { cwd: checkout });
    if (!isWritten(bundleOf(program))) throw new Error(`nest build ${program} failed:\n${stdout}`);
    writeFileSync(stamp, hash);
  }
}

function isWritten(file: string, text?: string): boolean {
  try {
    const found = readFileSync(file, 'utf8');
    return text === undefined || found === text;
  } catch {
    return false;
  }
}
