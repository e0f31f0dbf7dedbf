import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { Ground } from '../ground.ts';
import { asAdmin } from '../tools/database.ts';

const TABLES = ['orders', 'saga', 'saga_transition', 'outbox', 'inbox'];

const folderIn = ({ folders }: Ground): string => join(folders.root, 'small-disk');

const moved = (to: string): string[] => TABLES.map((table) => `ALTER TABLE ${table} SET TABLESPACE ${to}`);

/** A file system of a few megabytes, with room for one tablespace. */
function mount(ground: Ground): string {
  const folder = folderIn(ground);
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
  const space = join(folder, 'space');
  mkdirSync(space);
  const owner = statSync(join(ground.folders.root, 'postgres'));
  chmodSync(folder, 0o755);
  chownSync(space, owner.uid, owner.gid);
  return space;
}

/** The tables of orders lie on a small file system, which somebody fills. */
export const diskFull: Fault = {
  name: 'database-disk-full',
  title: 'the disk under the tables of orders is full for eight seconds',
  needs({ servers }) {
    if (process.getuid?.() !== 0) return 'a small file system can be mounted by root only';
    return servers.postgres.source.startsWith('private') ? undefined : 'PostgreSQL is not our own';
  },
  async run({ ground, did }) {
    const url = ground.servers.postgres.url;
    const space = mount(ground);
    const ballast = join(folderIn(ground), 'ballast');
    try {
      await asAdmin(
        url,
        'orders',
        `CREATE TABLESPACE small LOCATION '${space}'`,
        'GRANT CREATE ON TABLESPACE small TO PUBLIC',
      );
      await asAdmin(url, 'orders', ...moved('small'));
      try {
        writeFileSync(ballast, Buffer.alloc(64 * 1024 * 1024));
      } catch {
        did('the disk is full');
      }
      await delay(8_000);
      rmSync(ballast, { force: true });
      did('there is room again');
    } finally {
      rmSync(ballast, { force: true });
      await asAdmin(url, 'orders', ...moved('pg_default'), 'DROP TABLESPACE IF EXISTS small');
      execFileSync('umount', ['-l', folderIn(ground)]);
    }
  },
};
