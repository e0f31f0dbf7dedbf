import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** One of each family; `npm run chaos -- all` runs them all. */
const FAULTS = [
  'kill-all',
  'die-payments-payments.after-processor',
  'messages-many-times',
  'broker-kill',
  'database-cut-after-commit',
  'card-resets',
  'race-last-pieces',
  'race-same-key',
  'deploy-step-inserted',
];

interface Ended {
  code: number | string | undefined;
  output: string;
}

/** As an operator would: the command, in a process of its own, with servers of its own. */
const chaos = (...words: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join('chaos', 'main.ts'), ...words],
      { maxBuffer: 1 << 24 },
      (error, stdout, stderr) =>
        resolve({ code: error ? (error.code ?? undefined) : 0, output: stdout + stderr }),
    );
  });

it('nothing is lost, whatever breaks in the middle of checkouts', async () => {
  const { code, output } = await chaos('run', ...FAULTS, '--orders', '60', '--seed', '20261121');
  // All of it, when it is not as it should be: what was done, what was broken, how to see it again.
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Nothing was lost.') });
  expect(output.match(/✓ the books balance/g)).toHaveLength(FAULTS.length);
}, 600_000);
