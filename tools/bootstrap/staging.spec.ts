import { describe, expect, it } from '@jest/globals';
import { withPlaces } from './staging.mjs';

describe('the lockfile of a first installation', () => {
  it('says where each archive lies, and is otherwise as it was', () => {
    const packages = {
      '': { version: '0.1.0' },
      'node_modules/pg': { version: '8.0.0', integrity: 'sha512-a' },
      'node_modules/a/node_modules/@nestjs/core': { version: '12.5.1', integrity: 'sha512-b' },
      'node_modules/alias': { name: 'real', version: '1.0.0', integrity: 'sha512-c' },
      'node_modules/bundled': { version: '1.0.0' },
    };
    const filled = withPlaces({ packages }).packages;
    expect(filled).toMatchObject(packages);
    expect(filled['node_modules/pg']?.resolved).toBe('https://registry.npmjs.org/pg/-/pg-8.0.0.tgz');
    expect(filled['node_modules/a/node_modules/@nestjs/core']?.resolved).toBe(
      'https://registry.npmjs.org/@nestjs/core/-/core-12.5.1.tgz',
    );
    expect(filled['node_modules/alias']?.resolved).toBe('https://registry.npmjs.org/real/-/real-1.0.0.tgz');
    expect(filled['node_modules/bundled']).toEqual({ version: '1.0.0' });
    expect(filled['']).toEqual({ version: '0.1.0' });
  });
});
