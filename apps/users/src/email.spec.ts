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
    ['a@straße.example', 'a@xn--strae-oqa.example'],
    ['a@例え.テスト', 'a@xn--r8jz45g.xn--zckzah'],
    ["o'hara+x{}|~@example.com", "o'hara+x{}|~@example.com"],
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
    'a@example.com/foo',
    'a@example.com?x',
    'a@example.com#x',
    'a@example.com\\x',
    'a@ex%61mple.com',
    'a@example.com:25',
    'a@0x7f.1',
    'a@0x7f.0x1',
    'a@127.0.0.1',
    'a@1.2.3',
    'a@example.com,',
    'a@example.com;',
    'a@example.com.',
    'a@example。com',
    'a@-example.com',
    'a@example-.com',
    'a@exam_ple.com',
    'a@example.c0m',
    'a@example.1',
    `a@${'b'.repeat(64)}.com`,
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(70)}.com`,
  ])('%j is none', (raw) => {
    expect(normalizeEmail(raw)).toBeUndefined();
  });
});
