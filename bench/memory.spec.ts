import { expect, it } from '@jest/globals';
import { parseMemory } from './memory.ts';

it('reads what a process holds, and what of it is its own, in MB', () =>
  expect(
    parseMemory(
      'Name:\tnode\nVmHWM:\t  300000 kB\nVmRSS:\t  153600 kB\nRssAnon:\t  102400 kB\nRssFile:\t 51200 kB\n',
    ),
  ).toEqual({ rss: 150, own: 100 }));

it('knows of none for a thread of the kernel', () =>
  expect(parseMemory('Name:\tkthreadd\n')).toBeUndefined());
