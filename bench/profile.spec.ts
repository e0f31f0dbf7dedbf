import { expect, it } from '@jest/globals';
import { hottest } from './profile.ts';

it('adds a function up wherever it was called from, and leaves idle time out', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('parse', 'file:///x/node_modules/zod/core.js') },
      { id: 3, callFrame: frame('parse', 'file:///x/node_modules/zod/core.js') },
      { id: 4, callFrame: frame('', 'node:net') },
    ],
    samples: [1, 2, 3, 4],
    timeDeltas: [9_000, 1_000, 2_000, 1_000],
  };
  expect(hottest(profile, 5, 11.5).map(({ selfMs }) => selfMs)).toEqual([2, 1]);
  expect(hottest(profile, 5)).toEqual([
    { where: 'parse zod/core.js:10', selfMs: 3, share: 0.75 },
    { where: '(anonymous) node:net:10', selfMs: 1, share: 0.25 },
  ]);
});
