import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ownershipTrouble } from './ownership.mjs';

const us = process.getuid?.() ?? 0;
const other = us === 0 ? 65_534 : 0;

function checkoutWith(...folders: string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'caravan-owner-'));
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  return root;
}

describe('a checkout', () => {
  it('is free for every user until something was made in it, and then for that one', () => {
    expect(ownershipTrouble(checkoutWith(), other)).toBeUndefined();
    expect(ownershipTrouble(checkoutWith('.data/run', 'node_modules', 'dist'), us)).toBeUndefined();
  });

  it('that another user has run tells who, and what to do', () => {
    const root = checkoutWith('.data/run');
    const advice = ownershipTrouble(root, other);
    expect(advice).toContain(`${root}/.data belongs to`);
    expect(advice).toMatch(new RegExp(`chown -R \\S+ '${root}/.data'`));
  });
});
