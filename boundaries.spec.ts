import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** Path → source. */
type Files = Record<string, string>;

interface Breach {
  rule: string;
  /** Says which of several breaches of a rule this is. */
  how?: string;
  /** The files of the breach; the first one is the offender. */
  broken: Files;
  mended: Files;
}

interface Violation {
  from: string;
  rule: { name: string };
}

const root = process.cwd();
const config = join(root, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(config)(config) as { forbidden: { name: string }[] };

const LIBS = ['contracts', 'platform', 'messaging', 'outbox', 'saga', 'graphql'];
const APPS = ['orders', 'payments', 'gateway'];
const PACKAGES = ['@nestjs/common', 'amqplib', 'fastify', 'pg', 'pino', 'stripe', 'typeorm', 'zod'];
const DEV_PACKAGES = ['@nestjs/testing'];

const EXPLORER: Files = {
  'libs/saga/testing/index.ts': `import './inner.ts';`,
  'libs/saga/testing/inner.ts': '',
};

/** Type imports, or the breaches together would be a cycle as well. */
const leftwards = (lib: string, right: string, left?: string): Breach => ({
  rule: `libs-leftwards-${lib}`,
  broken: { [`libs/${lib}/src/of-${lib}.ts`]: `import type {} from '@caravan/${right}';` },
  mended: { [`libs/${lib}/src/of-${lib}.ts`]: left ? `import '@caravan/${left}';` : '' },
});

const domain = (noun: string, broken: string, mended: string, how?: string): Breach => ({
  rule: 'domain-is-pure',
  how: how ?? broken,
  broken: { [`apps/orders/src/${noun}.ts`]: broken },
  mended: { [`apps/orders/src/${noun}.ts`]: mended },
});

const breaches: Breach[] = [
  leftwards('contracts', 'platform'),
  leftwards('platform', 'messaging', 'contracts'),
  leftwards('messaging', 'outbox', 'platform'),
  leftwards('outbox', 'saga', 'messaging'),
  leftwards('saga', 'graphql', 'outbox'),
  leftwards('graphql', 'outbox', 'messaging'),
  {
    rule: 'libs-have-a-place',
    broken: { 'apps/orders/src/homeless.service.ts': `import '@caravan/utils';` },
    mended: { 'apps/orders/src/homeless.service.ts': `import '@caravan/platform';` },
  },
  {
    rule: 'libs-know-no-app',
    broken: {
      'libs/messaging/src/upwards.ts': `import '../../../apps/orders/src/known.errors.ts';`,
      'apps/orders/src/known.errors.ts': '',
    },
    mended: { 'libs/messaging/src/upwards.ts': '', 'apps/orders/src/known.errors.ts': '' },
  },
  {
    rule: 'libs-know-no-app',
    how: 'from e2e',
    broken: {
      'e2e/inside.e2e-spec.ts': `import '../apps/orders/src/known.errors.ts';`,
      'apps/orders/src/known.errors.ts': '',
    },
    mended: { 'e2e/inside.e2e-spec.ts': '', 'apps/orders/src/known.errors.ts': '' },
  },
  {
    rule: 'apps-apart',
    broken: {
      'apps/orders/src/prices.service.ts': `import '../../payments/src/price.ts';`,
      'apps/payments/src/price.ts': '',
    },
    mended: { 'apps/orders/src/prices.service.ts': `import './price.ts';`, 'apps/orders/src/price.ts': '' },
  },
  {
    rule: 'libs-one-door',
    broken: {
      'apps/orders/src/burglar.service.ts': `import '../../../libs/platform/src/inner.ts';`,
      'libs/platform/src/inner.ts': '',
    },
    mended: {
      'apps/orders/src/burglar.service.ts': `import '@caravan/platform';`,
      'libs/platform/src/inner.ts': '',
    },
  },
  {
    rule: 'libs-one-door',
    how: 'from e2e',
    broken: {
      'e2e/deep.e2e-spec.ts': `import '../libs/testing/src/deep.ts';`,
      'libs/testing/src/deep.ts': '',
    },
    mended: {
      'e2e/deep.e2e-spec.ts': `import '../libs/testing/src/eventually.ts';`,
      'libs/testing/src/eventually.ts': '',
    },
  },
  {
    rule: 'libs-one-door',
    how: 'from another lib',
    broken: {
      'libs/saga/src/neighbour.ts': `import '../../platform/src/inner.ts';`,
      'libs/platform/src/inner.ts': '',
    },
    mended: { 'libs/saga/src/neighbour.ts': `import '@caravan/platform';`, 'libs/platform/src/inner.ts': '' },
  },
  {
    rule: 'libs-by-name',
    broken: { 'libs/saga/src/nameless.ts': `import '../../platform/src/index.ts';` },
    mended: { 'libs/saga/src/nameless.ts': `import '@caravan/platform';` },
  },
  {
    rule: 'testing-in-tests-only',
    broken: { 'apps/orders/src/eager.service.ts': `import '@caravan/testing';` },
    mended: {
      'apps/orders/src/eager.service.ts': '',
      'apps/orders/src/eager.service.spec.ts': `import '@caravan/testing';`,
      'apps/orders/test/orders.spec.ts': `import '@caravan/testing';`,
      'e2e/checkout.e2e-spec.ts': `import '@caravan/testing';`,
      'libs/testing/src/of-all.ts': `import '@caravan/saga'; import '@caravan/graphql';`,
    },
  },
  {
    rule: 'testing-in-tests-only',
    how: 'the explorer of sagas',
    broken: { 'apps/orders/src/walk.service.ts': `import '@caravan/saga/testing';`, ...EXPLORER },
    mended: {
      'apps/orders/src/walk.service.ts': '',
      'apps/orders/src/walk.saga.spec.ts': `import '@caravan/saga/testing';`,
      ...EXPLORER,
    },
  },
  {
    rule: 'libs-one-door',
    how: 'of the explorer',
    broken: { 'apps/orders/test/walk.ts': `import '../../../libs/saga/testing/inner.ts';`, ...EXPLORER },
    mended: { 'apps/orders/test/walk.ts': `import '@caravan/saga/testing';`, ...EXPLORER },
  },
  {
    rule: 'product-knows-no-test',
    broken: {
      'apps/orders/src/cheat.service.ts': `import '../test/answers.ts';`,
      'apps/orders/test/answers.ts': '',
    },
    mended: {
      'apps/orders/src/cheat.service.ts': '',
      'apps/orders/src/cheat.service.spec.ts': `import '../test/answers.ts';`,
      'apps/orders/test/answers.ts': '',
    },
  },
  domain('order', `import '@nestjs/common';`, `import '@caravan/contracts';`),
  domain('cart', `import 'fastify';`, `import 'zod';`),
  domain('card', `import type { Stripe } from 'stripe';`, ''),
  domain('door', `import 'node:http';`, `import 'node:crypto';`),
  domain('log', `import 'node:fs';`, `import 'node:util';`),
  {
    rule: 'domain-knows-no-role',
    broken: {
      'apps/orders/src/basket.ts': `import './baskets.service.ts';`,
      'apps/orders/src/baskets.service.ts': '',
    },
    mended: {
      'apps/orders/src/basket.ts': `import './basket.errors.ts';`,
      'apps/orders/src/basket.errors.ts': '',
      'apps/orders/src/baskets.service.ts': `import './basket.ts';`,
    },
  },
  {
    rule: 'domain-knows-no-role',
    how: 'the outbox',
    broken: { 'apps/orders/src/parcel.ts': `import '@caravan/outbox';` },
    mended: { 'apps/orders/src/parcel.ts': '' },
  },
  {
    rule: 'typeorm-in-repositories',
    broken: { 'apps/orders/src/orders.service.ts': `import 'typeorm';` },
    mended: {
      'apps/orders/src/orders.service.ts': `import './orders.repository.ts';`,
      'apps/orders/src/orders.repository.ts': `import 'typeorm';`,
      'apps/orders/src/order.mapping.ts': `import 'typeorm';`,
      'apps/orders/src/orders.module.ts': `import 'typeorm';`,
      'apps/orders/src/migrations/1-orders.ts': `import 'typeorm';`,
    },
  },
  {
    rule: 'libs-on-typeorm',
    broken: { 'libs/messaging/src/tables.ts': `import 'pg';` },
    mended: { 'libs/messaging/src/tables.ts': '', 'libs/outbox/src/tables.ts': `import 'typeorm';` },
  },
  {
    rule: 'amqplib-in-messaging',
    broken: { 'apps/orders/src/wire.client.ts': `import 'amqplib';` },
    mended: { 'apps/orders/src/wire.client.ts': '', 'libs/messaging/src/wire.ts': `import 'amqplib';` },
  },
  {
    rule: 'amqplib-in-messaging',
    how: 'from another lib',
    broken: { 'libs/outbox/src/wire.ts': `import type {} from 'amqplib';` },
    mended: { 'libs/outbox/src/wire.ts': '' },
  },
  {
    rule: 'tools-stand-alone',
    broken: { 'tools/start.ts': `import '../libs/platform/src/index.ts';` },
    mended: { 'tools/start.ts': `import '../libs/contracts/src/index.ts';` },
  },
  {
    rule: 'tools-stand-alone',
    how: 'from the bench',
    broken: { 'bench/main.ts': `import '../apps/orders/src/known.errors.ts';` },
    mended: { 'bench/main.ts': `import '../tools/start.ts';` },
  },
  {
    rule: 'no-cycles',
    broken: {
      'apps/orders/src/egg.ts': `import { hen } from './hen.ts'; export const egg = () => hen;`,
      'apps/orders/src/hen.ts': `import { egg } from './egg.ts'; export const hen = () => egg;`,
    },
    mended: {
      'apps/orders/src/hen.ts': `import { egg } from './egg.ts'; export type Hen = {}; export const hen = () => egg;`,
      'apps/orders/src/egg.ts': `import type { Hen } from './hen.ts'; export const egg = (hen: Hen) => hen;`,
    },
  },
  {
    rule: 'no-dev-packages',
    broken: { 'apps/orders/src/debug.service.ts': `import '@nestjs/testing';` },
    mended: {
      'apps/orders/src/debug.service.ts': `import type {} from '@nestjs/testing';`,
      'apps/orders/src/debug.service.spec.ts': `import '@nestjs/testing';`,
    },
  },
  {
    rule: 'no-strange-packages',
    broken: { 'apps/orders/src/guest.service.ts': `import 'guest';` },
    mended: { 'apps/orders/src/guest.service.ts': `import 'pino';` },
  },
  {
    rule: 'imports-resolve',
    broken: { 'apps/orders/src/lost.service.ts': `import './gone.ts';` },
    mended: { 'apps/orders/src/lost.service.ts': `import './found.ts';`, 'apps/orders/src/found.ts': '' },
  },
  {
    rule: 'no-orphans',
    broken: { 'tools/left/over.ts': '' },
    mended: { 'tools/left/over.ts': '', 'tools/stop.ts': `import './left/over.ts';` },
  },
];

/** The tree of one side: every breach's files, and the programs and doors that reach them. */
function treeOf(side: 'broken' | 'mended'): Files {
  const files: Files = Object.assign({}, ...breaches.map((breach) => breach[side]));
  const product = Object.keys(files).filter((path) => !/spec\.ts$|\/test\//.test(path));
  const libs = side === 'broken' ? [...LIBS, 'testing', 'utils'] : [...LIBS, 'testing'];
  const doors = LIBS.map((lib) => `import '@caravan/${lib}';\n`).join('');
  const entry = (folder: string) =>
    product
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => `import './${path.slice(folder.length + 1)}';\n`)
      .join('');
  for (const app of APPS) files[`apps/${app}/src/main.ts`] = doors + entry(`apps/${app}/src`);
  for (const lib of libs) files[`libs/${lib}/src/index.ts`] = entry(`libs/${lib}/src`);
  for (const name of [...PACKAGES, ...DEV_PACKAGES, 'guest']) {
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
    files[`node_modules/${name}/index.js`] = '';
  }
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  files['package.json'] = JSON.stringify({
    dependencies: versions(PACKAGES),
    devDependencies: versions(DEV_PACKAGES),
  });
  return files;
}

/** Writes the tree to a folder of its own and looks at it with the project's rules. */
async function violationsOf(folder: string, files: Files): Promise<Violation[]> {
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  mkdirSync(join(folder, 'e2e'), { recursive: true });
  const depcruise = join(root, 'node_modules/.bin/depcruise');
  const args = [
    depcruise,
    'apps',
    'libs',
    'tools',
    'e2e',
    'bench',
    '--config',
    config,
    '--output-type',
    'json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 26 });
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the walls of .dependency-cruiser.cjs', () => {
  const folder = mkdtempSync(join(resolve(tmpdir()), 'boundaries-'));
  let broken: Violation[];
  let mended: Violation[];

  beforeAll(async () => {
    [broken, mended] = await Promise.all([
      violationsOf(join(folder, 'broken'), treeOf('broken')),
      violationsOf(join(folder, 'mended'), treeOf('mended')),
    ]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(breaches.map((breach) => [`${breach.rule} ${breach.how ?? ''}`.trim(), breach] as const))(
    '%s',
    (_name, breach) => {
      const [offender] = Object.keys(breach.broken);
      const bites = broken.filter(({ from }) => from === offender);
      expect(new Set(bites.map(({ rule }) => rule.name))).toEqual(new Set([breach.rule]));
    },
  );

  it('lets the mended tree pass', () => {
    expect(mended).toEqual([]);
  });

  it('bites nobody else', () => {
    const offenders = new Set(breaches.flatMap((breach) => Object.keys(breach.broken)));
    expect(broken.filter(({ from }) => !offenders.has(from))).toEqual([]);
  });

  it('has no rule that was not seen to bite', () => {
    const seen = new Set(breaches.map(({ rule }) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });
});
