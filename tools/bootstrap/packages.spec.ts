import { describe, expect, it } from '@jest/globals';
import { matchesLockfile } from './packages.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/pg': { version: '8.0.0' },
  'node_modules/fsevents': { version: '2.3.3', optional: true },
};

describe('what is installed', () => {
  it('is enough when every package that is not optional has the version of the lockfile', () => {
    expect(matchesLockfile(wanted, { 'node_modules/pg': { version: '8.0.0' } })).toBe(true);
  });

  it('is not enough when one is missing or another', () => {
    expect(matchesLockfile(wanted, {})).toBe(false);
    expect(matchesLockfile(wanted, { 'node_modules/pg': { version: '7.0.0' } })).toBe(false);
  });
});
