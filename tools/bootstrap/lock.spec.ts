import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withLock } from './lock.mjs';

const newLock = (): string => join(mkdtempSync(join(tmpdir(), 'caravan-lock-')), 'install.lock');
const never = (pid: number) => {
  throw new Error(`waits for pid ${pid}`);
};

describe('the lock of an installation', () => {
  it.each(['', '{', 'null', '{}', '{"pid":1}', '{"pid":"x","start":"y"}', '{"pid":1,"start":"0"}'])(
    'that holds %j has no holder and is taken',
    async (text) => {
      const lock = newLock();
      mkdirSync(lock);
      writeFileSync(join(lock, 'holder.json'), text);
      expect(await withLock(lock, never, async () => 'done')).toBe('done');
      expect(existsSync(lock)).toBe(false);
    },
  );

  it('that is a file is taken', async () => {
    const lock = newLock();
    writeFileSync(lock, '');
    expect(await withLock(lock, never, async () => 'done')).toBe('done');
  });

  it('of the checkout that this one was copied from is taken; its own is waited for', async () => {
    const [lock, copied] = [newLock(), newLock()];
    await withLock(lock, never, async () => {
      cpSync(dirname(lock), dirname(copied), { recursive: true });
      expect(await withLock(copied, never, async () => 'done')).toBe('done');
      await expect(withLock(lock, never, async () => 'done')).rejects.toThrow(`waits for pid ${process.pid}`);
    });
  });
});
