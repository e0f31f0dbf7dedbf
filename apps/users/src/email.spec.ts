import { describe, expect, it } from '@jest/globals';
import { normalizeEmail } from './email.ts';

describe('normalizeEmail', () => {
  it.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ['  ada@example.com ', 'ada@example.com'],
    ['ｆｕｌｌ@ｅｘａｍｐｌｅ.com', 'full@example.com'],
    ['zoe\u0308@example.com', 'zo\u00eb@example.com'],
    ['a+b.c@sub.example.co.uk', 'a+b.c@sub.example.co.uk'],
    ['info@Bücher.example', 'info@xn--bcher-kva.example'],
  ])('%s is %s', (raw, normal) => {
    expect(normalizeEmail(raw)).toBe(normal);
  });

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'a@b@example.com',
    'a b@example.com',
    '.a@example.com',
    'a..b@example.com',
    'a@example..com',
    'a\0@example.com',
    'a\u200b@example.com',
    'a\ud800@example.com',
    '"a"@example.com',
    'a@[127.0.0.1]',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(70)}.com`,
  ])('%j is none', (raw) => {
    expect(normalizeEmail(raw)).toBeUndefined();
  });
});
