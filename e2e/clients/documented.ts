import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '../../docs/clients.md');

/** The code blocks of docs/clients.md, by the file name that stands after their language. */
export function blocks(): Map<string, string> {
  const found = readFileSync(page, 'utf8').matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms);
  return new Map([...found].map(([, name, code]) => [name!, code!]));
}

/** The clients that the page is about: a module each, besides the session that they share. */
export const clients = (): string[] =>
  [...blocks().keys()]
    .filter((name) => name.endsWith('.js') && name !== 'session.js')
    .map((name) => name.slice(0, -3));

/** Writes the blocks into an empty folder below the checkout, where packages are found, for the shop at this URL. */
export function writeBlocks(folder: string, shop: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, code] of blocks()) {
    writeFileSync(join(folder, name), code.replace('http://127.0.0.1:8080', shop));
  }
  cpSync(join(import.meta.dirname, '__generated__'), join(folder, '__generated__'), { recursive: true });
}
