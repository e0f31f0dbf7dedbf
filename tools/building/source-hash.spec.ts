import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { hashSources } from './source-hash.ts';

describe('the hash of sources', () => {
  it('changes with a name or a content, not with a test or prose', () => {
    const root = mkdtempSync(join(tmpdir(), 'caravan-hash-'));
    const hash = (): string => hashSources(root, ['src', 'tsconfig.json', 'missing']);
    mkdirSync(join(root, 'src/deep'), { recursive: true });
    writeFileSync(join(root, 'src/deep/a.ts'), 'a');
    const first = hash();
    writeFileSync(join(root, 'src/a.spec.ts'), 'test');
    writeFileSync(join(root, 'src/README.md'), 'prose');
    expect(hash()).toBe(first);
    writeFileSync(join(root, 'src/deep/a.ts'), 'b');
    const second = hash();
    expect(second).not.toBe(first);
    writeFileSync(join(root, 'tsconfig.json'), '{}');
    expect(hash()).not.toBe(second);
  });
});
