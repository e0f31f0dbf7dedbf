import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { JournalRepository, type JournalRecord } from './journal.repository.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(): { journal: JournalRepository; seen: JournalRecord[] } {
  const seen: JournalRecord[] = [];
  return { journal: new JournalRepository(dir, (record) => seen.push(record)), seen };
}

it('tells the next run what was written, without a last line cut off by a crash', () => {
  const first = open();
  first.journal.append({ at: 1, request: 'req_1' });
  first.journal.append({ delivered: 'evt_1' });
  first.journal.close();
  appendFileSync(join(dir, 'journal.ndjson'), '{"at":2,"requ');

  const second = open();
  expect(second.seen).toEqual([{ at: 1, request: 'req_1' }, { delivered: 'evt_1' }]);
  second.journal.append({ delivered: 'evt_2' });
  second.journal.close();

  const third = open();
  expect(third.seen).toHaveLength(3);
  third.journal.clear();
  third.journal.close();
  expect(open().seen).toEqual([]);
});

it('lets answers out only after the turn was written', async () => {
  const { journal } = open();
  let written = false;
  journal.append({ at: 1, request: 'req_1' });
  await new Promise<void>((resolve) => {
    journal.whenWritten(() => {
      written = true;
      expect(open().seen).toHaveLength(1);
      resolve();
    });
    expect(written).toBe(false);
  });
  journal.close();
});
