import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastLines, rotate } from './log-file.ts';

describe('the log of a process', () => {
  it('is moved aside when it is long, and the oldest goes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'caravan-log-'));
    const file = join(folder, 'a.log');
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      writeFileSync(file, text);
      rotate(file, 3);
    }
    expect(readdirSync(folder).sort()).toEqual(['a.log.1', 'a.log.2', 'a.log.3']);
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('five');
    expect(readFileSync(`${file}.3`, 'utf8')).toBe('three');
  });

  it('tells its last lines, of this start only', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'caravan-log-')), 'a.log');
    writeFileSync(file, 'before\nnow 1\nnow 2\n');
    expect(lastLines(file, 5, 'before\n'.length)).toEqual(['now 1', 'now 2']);
    expect(lastLines(file, 1)).toEqual(['now 2']);
    expect(lastLines(`${file}.none`, 3)).toEqual([]);
  });
});
