import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';

const LIMIT = 10 * 1024 * 1024;
const KEPT = 3;

/** Moves a log that grew over `limit` bytes aside (`.1`, `.2`, `.3`), so that a start begins with room. */
export function rotate(file: string, limit = LIMIT): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < limit) return;
  rmSync(`${file}.${KEPT}`, { force: true });
  for (let n = KEPT - 1; n >= 1; n--) {
    if (statSync(`${file}.${n}`, { throwIfNoEntry: false })) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
  }
  renameSync(file, `${file}.1`);
}

/** The last lines of a log, from byte `from` on at most 16 KiB. */
export function lastLines(file: string, count: number, from = 0): string[] {
  if (!statSync(file, { throwIfNoEntry: false })) return [];
  const fd = openSync(file, 'r');
  try {
    const size = fstatSync(fd).size;
    const start = Math.max(size < from ? 0 : from, size - 16 * 1024);
    const buffer = Buffer.alloc(size - start);
    readSync(fd, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).filter(Boolean);
  } finally {
    closeSync(fd);
  }
}
