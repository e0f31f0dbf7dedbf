import { expect, test } from '@jest/globals';
import { currentLanguage, inLanguage, languageOf } from './language.ts';

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['DE-at', 'de'],
  ['de-DE,de;q=0.9,en;q=0.8', 'de'],
  ['en-US,en;q=0.9,de;q=0.8', 'en'],
  ['fr, de;q=0.5, en;q=0.4', 'de'],
  ['fr, it', 'en'],
  ['en;q=0.3, de;q=0.7', 'de'],
  ['de, en', 'de'],
  ['*', 'en'],
  ['en;q=0, *', 'de'],
  ['de;q=0', 'en'],
  ['de;q=2', 'en'],
  ['de;q=', 'en'],
  [';;;,,;q=1', 'en'],
  ['deutsch', 'en'],
  [`${'fr,'.repeat(5_000)}de`, 'en'],
])('Accept-Language %j is answered in %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});

test('a language holds for all that its request calls, and for nothing else', async () => {
  const seen = await Promise.all([
    inLanguage('de', async () => (await Promise.resolve(), currentLanguage())),
    inLanguage('en', async () => (await Promise.resolve(), currentLanguage())),
  ]);
  expect([...seen, currentLanguage()]).toEqual(['de', 'en', 'en']);
});
