/**
 * The walls of the house (docs/README.md). Every rule is seen to bite in boundaries.spec.ts.
 * A wall in the way of something simpler: move it here, and say why in docs/adr/.
 */

/** A lib may import those on its line and nothing else; testing may import all, and only tests import it. */
const LIBS = {
  contracts: [],
  platform: ['contracts'],
  messaging: ['contracts', 'platform'],
  outbox: ['contracts', 'platform', 'messaging'],
  saga: ['contracts', 'platform', 'messaging', 'outbox'],
  graphql: ['contracts', 'platform', 'messaging'],
};

const TEST = '[.](e2e-)?spec[.]ts$|/test/|^(e2e|chaos|bench)/|^[^/]+[.]spec[.]ts$';
/** Code for tests alone: the library `testing`, and the folder `testing` of another one. */
const TESTING = '^libs/testing/|^libs/[^/]+/testing/';
const TEST_FILE = '[.](e2e-)?spec[.]ts$';
const ROLES =
  'module|env|handlers|resolver|types|loader|service|repository|mapping|errors|saga|client|contract';

/** `order.ts`: a noun without a role is pure domain. */
const DOMAIN = {
  path: '^apps/(?!single-process/)[^/]+/src/(?!main[.]ts$)[^/.]+[.]ts$',
  // The gateway has no domain but HTTP itself: these speak of it.
  pathNot: '^apps/gateway/src/(exchange|header|limit|problem|server|visit)[.]ts$',
};
/** Packages and built-ins that compute and touch nothing. */
const PURE_PACKAGES = ['zod', 'uuid'].map((name) => `(^|/)node_modules/${name}/`);
const PURE_BUILTINS = '^(node:)?(assert|buffer|crypto|querystring|string_decoder|url|util)$';

const packages = (...names) => names.map((name) => `(^|/)node_modules/(@types/)?${name}/`);

const leftwards = Object.entries(LIBS).map(([lib, left]) => ({
  name: `libs-leftwards-${lib}`,
  comment: `libs/${lib} stands on ${left.length ? left.join(', ') : 'no other lib'}.`,
  severity: 'error',
  from: { path: `^libs/${lib}/src/` },
  // Who may import testing is said once, below.
  to: { path: '^libs/', pathNot: `^libs/(${[lib, 'testing', ...left].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...leftwards,
    {
      name: 'libs-have-a-place',
      comment: 'A new lib gets a line in LIBS first.',
      severity: 'error',
      from: { path: '^(apps|libs|e2e)/' },
      to: { path: '^libs/', pathNot: `^libs/(testing|${Object.keys(LIBS).join('|')})/` },
    },
    {
      name: 'libs-know-no-app',
      comment: 'Neither do the stories of e2e: they come through the gateway.',
      severity: 'error',
      from: { path: '^(libs|e2e)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-apart',
      comment:
        'What another service knows is asked by message, in the words of libs/contracts. Only the single process puts them together.',
      severity: 'error',
      from: { path: '^apps/(?!single-process/)([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-one-door',
      comment: 'A lib is imported as @caravan/<lib>; what its index.ts does not export is its own.',
      severity: 'error',
      from: { path: '^(?:libs/)?([^/]+)/' },
      to: {
        path: '^libs/[^/]+/(src|testing|models)/',
        // Waiting needs no NestJS: the stories through the gateway take it as it is.
        pathNot: '^libs/[^/]+/(src|testing|models)/index[.]ts$|^libs/$1/|^libs/testing/src/eventually[.]ts$',
      },
    },
    {
      name: 'libs-by-name',
      comment: "The door has a name: '@caravan/<lib>', not a path to its index.ts.",
      severity: 'error',
      // Node runs the tools as they are, without aliases.
      from: { path: '^(?:libs/)?([^/]+)/', pathNot: '^(tools|bench|chaos)/' },
      to: {
        path: '^libs/[^/]+/(src|testing|models)/index[.]ts$',
        pathNot: '^libs/$1/',
        dependencyTypesNot: ['aliased'],
      },
    },
    {
      name: 'testing-in-tests-only',
      comment: 'Neither what tests stand on nor what checks sagas is in a program.',
      severity: 'error',
      from: { pathNot: `${TEST}|${TESTING}` },
      to: { path: TESTING },
    },
    {
      name: 'product-knows-no-test',
      comment: 'Neither a spec nor what stands in a test folder.',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'domain-is-pure',
      comment:
        'A file without a role decides and touches nothing: no framework, no driver, no socket, no clock but an argument.',
      severity: 'error',
      from: DOMAIN,
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown', 'core'],
        pathNot: [...PURE_PACKAGES, PURE_BUILTINS],
      },
    },
    {
      name: 'domain-knows-no-role',
      comment:
        'The service knows the aggregate, never the other way. Errors and what a screen is made of are words, not the world.',
      severity: 'error',
      from: DOMAIN,
      to: {
        path: `[.](${ROLES})[.]ts$|^apps/[^/]+/src/(main[.]ts$|migrations/)|^libs/`,
        pathNot:
          '[.](errors|types)[.]ts$|^libs/(contracts|graphql)/|^apps/card-processor/src/stripe[.]mapping[.]ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'typeorm-in-repositories',
      comment: 'In apps only repositories, mappings, modules and migrations see the ORM.',
      severity: 'error',
      from: { path: '^apps/', pathNot: `[.](repository|mapping|module)[.]ts$|/src/migrations/|${TEST}` },
      to: { path: packages('typeorm', 'pg') },
    },
    {
      name: 'libs-on-typeorm',
      comment: 'Of the libs only outbox and saga have tables.',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(outbox|saga|testing)/|${TEST}` },
      to: { path: packages('typeorm', 'pg') },
    },
    {
      name: 'amqplib-in-messaging',
      comment: 'The broker is behind one wall. tools ask only whether it answers.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: `^libs/(messaging|testing)/|${TEST}` },
      to: { path: packages('amqplib') },
    },
    {
      name: 'tools-stand-alone',
      comment: 'The commands run before anything is built; of the system they know the words on the wire.',
      severity: 'error',
      // What the bench measures of the libraries is built of them; the checker replays journals with the product's own state machine.
      from: {
        path: '^(tools|bench|chaos)/',
        pathNot: `${TEST_FILE}|^bench/programs/|^chaos/checker/replay-journals[.]ts$`,
      },
      to: { path: '^(apps|libs)/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'no-cycles',
      comment: 'Types may look back; code may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-dev-packages',
      comment: 'What runs is among the dependencies.',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: `${TEST}|${TESTING}` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'no-strange-packages',
      comment: 'What is imported is written in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing reaches from a program, a command or a door has no reason yet.',
      severity: 'error',
      from: {
        path: '^apps/[^/]+/src/main[.]ts$|^libs/[^/]+/(src|testing|models)/index[.]ts$|^tools/[^/]+[.](mjs|ts)$',
        pathNot: TEST,
      },
      to: {
        path: '^(apps|libs|tools)/',
        pathNot: `${TEST}|[.]d[.]mts$|^libs/[^/]+/(src|testing|models)/index[.]ts$|^apps/[^/]+/src/main[.]ts$|^tools/[^/]+[.](mjs|ts)$`,
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The baseline is a project of its own, with packages of its own.
    exclude: { path: '(^|/)(dist|[.]data)/|^bench/stock-nest/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
