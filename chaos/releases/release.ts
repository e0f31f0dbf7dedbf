import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale, bundleOf } from '../../tools/building/build-apps.ts';
import { hashSources } from '../../tools/building/source-hash.ts';
import { checkout, nodeBinary } from '../../tools/checkout.ts';
import { edited, editsIn } from './edits.ts';

/** Another release of the shop: this checkout's sources, or those of a commit, with edits of docs/sagas.md. */
export interface Release {
  readonly name: string;
  readonly commit?: string;
  /** Labels of blocks of docs/sagas.md; each inner list is a release of its own, with its definitions generated. */
  readonly edits: readonly (readonly string[])[];
  readonly apps: readonly string[];
}

const PAGE = join(checkout, 'docs/sagas.md');
const SOURCES = ['apps', 'libs', 'sagas.spec.ts', 'package.json'];
const CONFIGURATION = [
  ...['package-lock.json', 'tsconfig.json', 'nest-cli.json', 'rspack.config.cjs'],
  ...['jest.config.ts', 'e2e/start-system.ts', 'e2e/stop-system.ts'],
];

const rootOf = ({ name }: Release): string => join(checkout, '.data/releases', name);

/** Whether the commit that a release is made of is known here: an archive or a shallow clone has no history. */
export function isInHistory({ commit = 'HEAD' }: Release): boolean {
  return (
    spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: checkout, stdio: 'ignore' }).status ===
    0
  );
}

/** The bundle of an app of a release that was built. */
export const programOf = (release: Release, app: string): string => bundleOf(app, rootOf(release));

/** Where the released definitions of a release that was built are. */
export const releasedSagasOf = (release: Release): string =>
  join(rootOf(release), 'apps/orders/src/released-sagas.ts');

/** Makes the sources of a release below `.data/releases` and builds its apps, unless that was done before. */
export async function buildRelease(release: Release, say: (line: string) => void): Promise<void> {
  const root = rootOf(release);
  const stamp = join(root, '.data/release.sha256');
  const hash = hashOf(release);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
    rmSync(stamp, { force: true });
    makeSources(release, root);
    writeFileSync(stamp, hash);
  }
  await buildIfStale([...release.apps], (line) => say(`${line} of ${release.name}`), undefined, root);
}

function hashOf(release: Release): string {
  const sources = release.commit ?? hashSources(checkout, [...SOURCES, ...CONFIGURATION]);
  const page = readFileSync(PAGE, 'utf8');
  const edits = release.edits.flat().map((label) => editsIn(page, label));
  return createHash('sha256')
    .update(JSON.stringify([release, sources, edits]))
    .digest('hex');
}

function makeSources({ commit, edits }: Release, root: string): void {
  mkdirSync(join(root, '.data'), { recursive: true });
  for (const path of SOURCES) rmSync(join(root, path), { recursive: true, force: true });
  if (commit !== undefined) {
    const archive = execFileSync('git', ['archive', commit], { cwd: checkout, maxBuffer: 1 << 28 });
    execFileSync('tar', ['-x', '-C', root], { input: archive });
  } else {
    for (const path of [...SOURCES, ...CONFIGURATION])
      cpSync(join(checkout, path), join(root, path), { recursive: true });
  }
  const page = readFileSync(PAGE, 'utf8');
  for (const labels of edits) {
    for (const edit of labels.flatMap((label) => editsIn(page, label))) {
      const file = join(root, edit.file);
      writeFileSync(file, edited(readFileSync(file, 'utf8'), edit));
    }
    if (commit === undefined) generate(root);
  }
}

/** What "npm run generate" does for sagas. */
function generate(root: string): void {
  const jest = join(checkout, 'node_modules/jest/bin/jest.js');
  const words = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const only = ['--selectProjects', 'unit', '--', join(root, 'sagas.spec.ts')];
  execFileSync(nodeBinary, [...words, ...only], {
    cwd: root,
    env: { ...process.env, UPDATE_SAGAS: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
