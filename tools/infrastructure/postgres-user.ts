import { execFileSync, spawnSync } from 'node:child_process';
import { findExecutable } from './machine.ts';

/** How to run a program of PostgreSQL, which refuses to run as root. */
export interface Runner {
  /** Whose the data folder must be; undefined: the caller's. */
  owner?: { uid: number; gid: number };
  /** For spawn; the wrapped command may change the user itself instead. */
  uid?: number;
  gid?: number;
  wrap(program: string, args: string[]): { command: string; args: string[] };
}

const plain: Runner = { wrap: (command, args) => ({ command, args }) };

const idOf = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));

function ensureUser(): { uid: number; gid: number } {
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    spawnSync('groupadd', ['-f', '--system', 'postgres']);
    const made = spawnSync('useradd', ['--system', '--no-create-home', '-g', 'postgres', 'postgres'], {
      encoding: 'utf8',
    });
    if (made.status !== 0)
      throw new Error(`PostgreSQL does not run as root, and no user for it could be made: ${made.stderr}`);
    return { uid: idOf('-u'), gid: idOf('-g') };
  }
}

const works = (command: string, args: string[], ids: { uid?: number; gid?: number }): boolean =>
  spawnSync(command, args, { ...ids, stdio: 'ignore' }).status === 0;

/**
 * As an ordinary user: that user. As root: the user postgres (made if missing). Where that user cannot
 * walk to the checkout (a clone below /root, say), the same user with leave to walk through folders.
 */
export function postgresRunner(program: string, folder: string): Runner {
  if (process.getuid?.() !== 0) return plain;
  const ids = ensureUser();
  if (works(program, ['--version'], ids) && works('test', ['-x', folder], ids))
    return { owner: ids, ...ids, ...plain };
  const setpriv = findExecutable('setpriv');
  for (const capability of setpriv ? ['dac_override', 'dac_read_search'] : []) {
    const words = [
      `--reuid=${ids.uid}`,
      `--regid=${ids.gid}`,
      '--clear-groups',
      // Without it access(2), by which initdb looks for postgres, would ask for the user without the leave.
      '--securebits=+no_setuid_fixup',
      `--inh-caps=+${capability}`,
      `--ambient-caps=+${capability}`,
    ];
    if (!works(setpriv ?? '', [...words, 'test', '-x', program], {})) continue;
    return {
      owner: ids,
      wrap: (command, args) => ({ command: setpriv ?? '', args: [...words, command, ...args] }),
    };
  }
  throw new Error(
    `PostgreSQL does not run as root, and its user postgres cannot reach ${program}: ` +
      'clone into a folder that others may enter (chmod o+x on the folders above it), or set DATABASE_URL',
  );
}
