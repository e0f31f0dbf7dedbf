import type { Config } from 'jest';

/** Native ESM: decorators' metadata by swc, `@caravan/*` from the sources. */
const common: Config = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@caravan/(\\w+)/(\\w+)$': '<rootDir>/libs/$1/$2/index.ts',
    '^@caravan/(\\w+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.data'],
};

export default {
  // The machine's two cores carry the servers as well.
  maxWorkers: 2,
  // Longer than what a test waits for (GIVE_UP_MS in libs/testing), so that the reason is told and not the time.
  testTimeout: 180_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{apps,libs}/**/src/**/*.spec.ts',
        '<rootDir>/libs/*/testing/*.spec.ts',
        '<rootDir>/{tools,chaos,bench}/**/*.spec.ts',
        '<rootDir>/*.spec.ts',
      ],
    },
    { ...common, displayName: 'services', testMatch: ['<rootDir>/{apps,libs}/*/test/**/*.spec.ts'] },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/e2e/start-system.ts',
      globalTeardown: '<rootDir>/e2e/stop-system.ts',
    },
  ],
} satisfies Config;
