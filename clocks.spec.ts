import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What may read the wall clock, which an operator or NTP can set forward or back at any moment: an instant that is shown, sent or
 * stored, or compared with one that was. A duration inside a process is measured by `performance.now()`.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'apps/card-processor/src/clock.ts': 'the sandbox tells times as Stripe does, by a clock that tests move',
  'apps/card-processor/src/clock.spec.ts': 'compares with that clock',
  'apps/card-processor/src/time.spec.ts': 'compares with that clock',
  'apps/card-processor/src/post.client.ts': 'the timestamp of a signature',
  'apps/gateway/src/limit.spec.ts': 'steps the clock',
  'apps/gateway/test/auth.spec.ts': 'claims of a token',
  'apps/gateway/test/door.ts': 'claims of a token',
  'apps/notifications/src/outcomes.service.ts': 'a stored instant',
  'apps/notifications/test/news.spec.ts': 'the time in an id',
  'apps/orders/test/orders.spec.ts': 'the time in an id',
  'apps/orders/test/recovery.spec.ts': 'moves the clock by days',
  'apps/payments/src/notice.ts': 'a stored instant',
  'apps/payments/src/refunds.client.ts': 'a stored instant',
  'apps/payments/src/webhooks.service.ts': 'compared with the timestamp of a signature',
  'apps/payments/test/harness.ts': 'the timestamp of a signature',
  'apps/users/src/session.ts': 'the stored end of a refresh token',
  'apps/users/src/signing-keys.service.ts': 'claims of a token, and periods of stored keys',
  'apps/users/src/user.ts': 'a stored instant',
  'bench/main.ts': 'the name of a result, and the instant that profiles are cut at',
  'bench/rounds.ts': 'compared with instants of the database',
  'chaos/flags.ts': 'a seed',
  'e2e/clients/story.ts': 'claims of a token',
  'e2e/rolling-restart.e2e-spec.ts': 'shown',
  'libs/graphql/test/bff.ts': 'claims of a token',
  'libs/messaging/src/rabbit.parking.ts': 'sent: when a dead letter died',
  'libs/platform/src/token-verifier.ts': 'compared with the claim exp of a token',
  'libs/platform/src/token-verifier.spec.ts': 'claims of a token',
  'tools/after-supervisor.ts': 'shown in a log',
  'tools/detach.ts': 'shown in a log',
  'tools/mail-sink.ts': 'the name of a file',
  'tools/operations/since.ts': 'compared with stored instants',
  'tools/supervision/managed-process.ts': 'shown: when a process was started',
};

const WALL_CLOCK = /\bDate\.now\b|\bnew Date\(\s*\)|(?<![.\w])Date\(\s*\)|\bDate\.now\s*=/;
const FOLDERS = ['apps', 'libs', 'tools', 'chaos', 'bench', 'e2e'];
const THIS = 'clocks.spec.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...FOLDERS], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(?:ts|mts|js|mjs|cjs)$/.test(file) && file !== THIS);

const readers = files.filter((file) => WALL_CLOCK.test(withoutComments(readFileSync(file, 'utf8'))));

/** Good enough: no line of ours has a comment's opening inside a text. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

it('the wall clock is read where an instant is shown, sent, stored or compared with one, and measures no duration', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(readers.filter((file) => !(file in ALLOWED))).toEqual([]);
});

it('every exception is still one', () => {
  expect(Object.keys(ALLOWED).filter((file) => !readers.includes(file))).toEqual([]);
});

it.each(['const at = Date.now();', 'x(new Date())', 'Date.now = later', 'String(Date())', 'then(Date.now)'])(
  'finds a reading of the wall clock: %s',
  (source) => expect(source).toMatch(WALL_CLOCK),
);

it.each(['new Date(row.at)', 'Date.parse(text)', 'performance.now()', 'toDate()'])(
  'passes what reads no clock: %s',
  (source) => expect(source).not.toMatch(WALL_CLOCK),
);
