import { describe, expect, it } from '@jest/globals';
import type { Folders } from '../checkout.ts';
import { isSafePath, serverFolder } from './server-folder.ts';

const at = (root: string) => ({ root }) as Folders;
const env = { HOME: '/home/ada' };

describe('the folder of the private servers', () => {
  it.each(['/home/ada/shop', '/srv/my shop/50% (new) & old', '/a+b,c=d@e:f~g^h-i_j'])('is in %s', (root) => {
    expect(serverFolder(at(root), env)).toBe(root);
  });

  it.each([
    ...[
      '/ünicode 日本',
      '/a#b',
      "/it's",
      '/a"b',
      '/a$HOME',
      '/a\nb',
      '/a;b',
      '/a`b',
      '/a|b',
      '/a\\b',
      '/a*b',
      '/a?b',
    ],
    ...['/a[b]', '/a{b}', '/a!b', '/a<b>', '/\u{1F600}', '/a\tb', `/${'long/'.repeat(40)}`],
  ])('is not in %j, but in the cache, under a name of its own', (root) => {
    const folder = serverFolder(at(root), env);
    expect(folder).toMatch(/^\/home\/ada\/\.cache\/caravan\/[0-9a-f]{8}$/);
    expect(serverFolder(at(`${root}2`), env)).not.toBe(folder);
  });

  it('is where XDG_CACHE_HOME says, and a safe path also where the cache has none', () => {
    expect(serverFolder(at('/a#b'), { ...env, XDG_CACHE_HOME: '/var/tmp/x' })).toMatch(
      /^\/var\/tmp\/x\/caravan\//,
    );
    expect(serverFolder(at('/a#b'), { ...env, XDG_CACHE_HOME: 'not/absolute' })).toMatch(
      /^\/home\/ada\/\.cache\//,
    );
    for (const HOME of ['/home/jürgen', '/home/$x', `/home/${'x'.repeat(120)}`])
      expect(isSafePath(serverFolder(at('/a#b'), { HOME }))).toBe(true);
  });
});
