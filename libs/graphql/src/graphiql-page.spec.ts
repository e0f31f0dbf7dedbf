import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { GRAPHIQL_CSP, graphiqlPage } from './graphiql-page.ts';

const examples = [{ title: '</script><b>', query: '{ a }', variables: { x: '<img>' } }];
const html = graphiqlPage({ title: 'A & <B>', examples });
const partOf = (tag: string): string => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? '';

test('script and style are allowed by their hashes, nothing else is', () => {
  for (const tag of ['script', 'style']) {
    const hash = createHash('sha256').update(partOf(tag)).digest('base64');
    expect(GRAPHIQL_CSP).toContain(`${tag}-src 'sha256-${hash}'`);
  }
  expect(GRAPHIQL_CSP).toContain("default-src 'none'");
});

test('the script is one that a browser can read', () => {
  expect(() => new Script(partOf('script'))).not.toThrow();
});

test('texts cannot leave their place, and nothing is fetched from elsewhere', () => {
  expect(html).toContain('A &#38; &#60;B&#62;');
  expect(html).not.toContain('</script><b>');
  expect(html).not.toContain('<img>');
  expect(html).not.toMatch(/https?:\/\//);
});
