import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout, nodeBinary } from './checkout.ts';
import { commandLine } from './command-line.ts';

const { flags } = commandLine({
  call: 'npm run generate',
  about: 'Writes what is generated and committed: the released definitions of sagas, the GraphQL schemas.',
  flags: {
    remove: {
      type: 'string',
      value: 'checkout.v1',
      help: 'takes a released definition of a saga out; first no open saga may run under it any more',
    },
  },
});

const WRITERS = [
  './sagas.spec.ts',
  'apps/bff-web/test/schema.spec.ts',
  'apps/bff-mobile/test/schema.spec.ts',
];

/** The specs that prove these files fresh also write them, so that there is one way of making each. */
const { status } = spawnSync(
  nodeBinary,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(checkout, 'node_modules/jest/bin/jest.js'),
    '--runTestsByPath',
    ...WRITERS,
  ],
  {
    cwd: checkout,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_ENV: 'test',
      UPDATE_SAGAS: '1',
      UPDATE_SCHEMA: '1',
      ...(flags.remove && { REMOVE_SAGA: flags.remove }),
    },
  },
);
if (status === 0) console.log('All is written. See what changed: git diff --stat');
process.exitCode = status ?? 1;
