import { expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Every saga is explored by a spec of its app (docs/sagas.md): one that is not could lose money in an order that no test thought of. */
type Files = Readonly<Record<string, string>>;

const isSpec = (path: string): boolean => path.endsWith('.spec.ts');

/** The local name under which a file imports `name` of `from`; undefined when it does not. */
function importOf(tree: ts.SourceFile, name: string, isFrom: (path: string) => boolean): string | undefined {
  for (const statement of tree.statements) {
    if (!ts.isImportDeclaration(statement) || !isFrom((statement.moduleSpecifier as ts.StringLiteral).text))
      continue;
    const names = statement.importClause?.namedBindings;
    if (!names || !ts.isNamedImports(names)) continue;
    const found = names.elements.find((element) => (element.propertyName ?? element.name).text === name);
    if (found) return found.name.text;
  }
  return undefined;
}

function contains(node: ts.Node, is: (node: ts.Node) => boolean): boolean {
  return is(node) || (ts.forEachChild(node, (child) => contains(child, is) || undefined) ?? false);
}

const calls =
  (name: string) =>
  (node: ts.Node): boolean =>
    ts.isCallExpression(node) && node.expression.getText() === name;

/** The names under which a file exports sagas; `(not exported)` for one that no spec can reach. */
function sagasIn(tree: ts.SourceFile): string[] {
  const saga = importOf(tree, 'saga', (path) => path === '@caravan/saga');
  if (!saga) return [];
  return tree.statements
    .filter((statement) => contains(statement, calls(saga)))
    .flatMap((statement) => {
      const exported =
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (!exported) return ['(not exported)'];
      if (ts.isVariableStatement(statement))
        return statement.declarationList.declarations
          .filter((one) => contains(one, calls(saga)))
          .map((one) => one.name.getText());
      return [(statement as ts.FunctionDeclaration).name?.text ?? '(not exported)'];
    });
}

/** Whether a spec explores the saga that `file` exports as `name`: it is used where `explore` is called. */
function explores(spec: ts.SourceFile, file: string, name: string): boolean {
  const explore = importOf(spec, 'explore', (path) => path === '@caravan/saga/testing');
  const used = importOf(spec, name, (path) => join(dirname(spec.fileName), path) === file);
  if (!explore || !used) return false;
  return contains(spec, (node) => calls(used)(node)) && contains(spec, calls(explore));
}

function unexplored(files: Files): string[] {
  const trees = Object.entries(files).map(([path, source]) =>
    ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true),
  );
  const specs = trees.filter(({ fileName }) => isSpec(fileName));
  return trees
    .filter(({ fileName }) => !isSpec(fileName))
    .flatMap((tree) => sagasIn(tree).map((name) => [tree.fileName, name] as const))
    .filter(([file, name]) => !specs.some((spec) => explores(spec, file, name)))
    .map(([file, name]) => `${file}: ${name}`);
}

const paths = globSync(['apps/*/src/**/*.ts', 'apps/*/test/**/*.ts'], { cwd: import.meta.dirname });
const files = Object.fromEntries(
  paths.map((path) => [path, readFileSync(join(import.meta.dirname, path), 'utf8')]),
);

it('every saga is explored by a spec', () => {
  expect(unexplored(files)).toEqual([]);
});

it('finds the sagas', () => {
  const found = Object.entries(files).flatMap(([path, source]) =>
    isSpec(path) ? [] : sagasIn(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)),
  );
  expect(found).toEqual(expect.arrayContaining(['checkout', 'cancellation']));
});

const TRIP = `import { ask, saga } from '@caravan/saga'; export const trip = (orders) => saga('trip').step('a', ask(A));`;
const SPEC = `import { explore } from '@caravan/saga/testing'; import { trip } from './trip.saga.ts'; it('', () => explore(trip(x), {}));`;
const trips = (spec: string, source = TRIP): Files => ({
  'apps/trips/src/trip.saga.ts': source,
  'apps/trips/src/trip.saga.spec.ts': spec,
});
const MISSING = ['apps/trips/src/trip.saga.ts: trip'];

it.each<[string, Files, string[]]>([
  ['that is explored', trips(SPEC), []],
  ['without a spec', { 'apps/trips/src/trip.saga.ts': TRIP }, MISSING],
  [
    'whose spec explores another',
    trips(SPEC.replace('{ trip }', '{ tour }').replace('trip(x)', 'tour(x)')),
    MISSING,
  ],
  ['whose spec does not explore', trips(SPEC.replace('explore(trip(x), {})', 'trip(x)')), MISSING],
  [
    'whose exploring is a comment',
    trips(SPEC.replace('explore(trip(x), {})', '/* explore(trip(x), {}) */')),
    MISSING,
  ],
  [
    'that another app explores',
    { 'apps/trips/src/trip.saga.ts': TRIP, 'apps/tours/src/trip.saga.spec.ts': SPEC },
    MISSING,
  ],
  [
    'that no spec can reach',
    trips(SPEC, TRIP.replace('export ', '')),
    ['apps/trips/src/trip.saga.ts: (not exported)'],
  ],
])('a saga %s', (_name, tree, missing) => {
  expect(unexplored(tree)).toEqual(missing);
});
