import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder this clone lives in. */
export const checkout = resolve(import.meta.dirname, '..');

/** Eight hex digits that tell this folder's processes from those of another clone on the same machine. */
export const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 8);

const own = join(checkout, 'node_modules/node/bin/node');

/** Node 24, also where the caller is an older one. */
export const nodeBinary = existsSync(own) ? own : process.execPath;

export interface Folders {
  /** Everything below is inside it; also the mark that our processes carry in their environment. */
  root: string;
  run: string;
  logs: string;
  mail: string;
  /** The card processor's own books. */
  cards: string;
  secrets: string;
}

/** The folders of one running system; `root` is relative to the checkout (`.data`, `.data/test`). */
export function foldersAt(root = '.data'): Folders {
  const at = resolve(checkout, root);
  const folders = {
    root: at,
    run: join(at, 'run'),
    logs: join(at, 'logs'),
    mail: join(at, 'mail'),
    cards: join(at, 'card-processor'),
    secrets: join(at, 'secrets.json'),
  };
  mkdirSync(at, { recursive: true });
  // Logs, mails and books name customers; the run folder holds passwords.
  for (const folder of [folders.run, folders.logs, folders.mail, folders.cards]) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o700);
  }
  return folders;
}
