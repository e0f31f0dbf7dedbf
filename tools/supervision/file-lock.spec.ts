import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tryLock, unlock } from './file-lock.ts';
import { identify } from './process-identity.ts';

const newLock = (): string => join(mkdtempSync(join(tmpdir(), 'caravan-lock-')), 'lock');

describe('the lock of a checkout', () => {
  it('has one holder, who is told to the next', () => {
    const lock = newLock();
    expect(tryLock(lock)).toBe('taken by us');
    expect(tryLock(lock)).toEqual(identify(process.pid));
    unlock(lock);
    expect(existsSync(lock)).toBe(false);
  });

  it('is free when its holder is gone, even if another process has the number now', () => {
    const lock = newLock();
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: '1' }));
    expect(tryLock(lock)).toBe('taken by us');
    expect(readdirSync(join(lock, '..'))).toEqual(['lock']);
  });

  it("is not ours to free when it is another's", () => {
    const lock = newLock();
    writeFileSync(lock, JSON.stringify({ pid: 1, started: '1' }));
    unlock(lock);
    expect(existsSync(lock)).toBe(true);
  });
});
