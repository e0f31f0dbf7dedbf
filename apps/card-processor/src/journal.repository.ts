import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './outcome.ts';

/**
 * A line of the journal: what a call did, that an event's webhook has arrived, how far the clock was moved in ms, or for what a flaky
 * card has failed once more.
 */
export type JournalRecord =
  Entry | { readonly delivered: string } | { readonly clock: number } | { readonly stumbled: string };

const NEWLINE = 10;

/**
 * The books on disk, append-only. What one turn of the event loop did is written in one go, and only then do its
 * answers leave, together: nothing that a caller has seen is lost by kill -9. (The page cache is enough for that; a
 * power cut is not this program's business.) Without a folder only the leaving together remains.
 */
export class JournalRepository {
  private readonly file: number | null;
  private lines = '';
  private due = false;
  private waiting: (() => void)[] = [];

  /** `dir` null keeps nothing. `onRecord` hears what earlier runs wrote, in order, before this returns. */
  constructor(dir: string | null, onRecord: (record: JournalRecord) => void) {
    if (dir === null) {
      this.file = null;
      return;
    }
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = join(dir, 'journal.ndjson');
    this.file = openSync(path, 'a', 0o600);
    const whole = replay(readFileSync(path), onRecord);
    ftruncateSync(this.file, whole);
  }

  append(record: JournalRecord): void {
    if (!this.due) setImmediate(() => this.flush());
    this.due = true;
    if (this.file !== null) this.lines += `${JSON.stringify(record)}\n`;
  }

  /** Runs `done` when everything appended so far is written. */
  whenWritten(done: () => void): void {
    if (this.due) this.waiting.push(done);
    else done();
  }

  flush(): void {
    if (!this.due) return;
    if (this.file !== null) write(this.file, this.lines);
    const { waiting } = this;
    this.lines = '';
    this.due = false;
    this.waiting = [];
    for (const done of waiting) done();
  }

  /** Forgets all. */
  clear(): void {
    this.flush();
    if (this.file !== null) ftruncateSync(this.file, 0);
  }

  close(): void {
    this.flush();
    if (this.file !== null) closeSync(this.file);
  }
}

function write(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/** Tells every whole line; a last line cut off by a crash was never answered and is left out. Returns the whole length. */
function replay(bytes: Buffer, onRecord: (record: JournalRecord) => void): number {
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    onRecord(JSON.parse(bytes.toString('utf8', start, end)) as JournalRecord);
    start = end + 1;
  }
  return start;
}
