import { expect, it } from '@jest/globals';
import { parseRss } from './memory.ts';

it('reads the resident size of a process in MB', () =>
  expect(parseRss('Name:\tnode\nVmHWM:\t  300000 kB\nVmRSS:\t  153600 kB\nRssAnon:\t 1 kB\n')).toBe(150));

it('knows of none for a thread of the kernel', () => expect(parseRss('Name:\tkthreadd\n')).toBeUndefined());
