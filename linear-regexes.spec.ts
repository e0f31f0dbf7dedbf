import { globSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { analyse } from 'scslre';
import ts from 'typescript';

/**
 * A regular expression that backtracks super-linearly lets one header of 16 kB stop a process. Each expression in apps/ and
 * libs/ is proved linear here, whatever text it runs on today; what cannot be linear is written with split, trim and loops.
 */
interface Found {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** Regular expression literals, and `new RegExp('…')` of a constant text. */
function regexesIn(file: string): Found[] {
  const found: Found[] = [];
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    const where = () => `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push({ where: where(), source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
      const [source, flags] = node.arguments ?? [];
      // A pattern that is put together at run time cannot be proved: it is not linear until it is a literal.
      const text = source && ts.isStringLiteralLike(source) ? source.text : '(a+)+b';
      found.push({
        where: where(),
        source: text,
        flags: flags && ts.isStringLiteral(flags) ? flags.text : '',
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** With a back reference no proof is possible: `(?:\\\\.|(?!\\4).)*` was exponential on backslashes. */
const BACK_REFERENCE = /\\(?:[1-9]|k<)/;

const superLinear = ({ source, flags }: Pick<Found, 'source' | 'flags'>): boolean =>
  BACK_REFERENCE.test(source) || analyse({ source, flags }).reports.length > 0;

const files = globSync('{apps,libs}/*/src/**/*.ts', { cwd: import.meta.dirname }).filter(
  (file) => !/[.]spec[.]ts$/.test(file),
);
const regexes = files.flatMap(regexesIn);

it('finds the regular expressions', () => {
  expect(regexes.length).toBeGreaterThan(30);
});

it.each([
  ['^application/json *(; *charset *= *"?utf-8"? *)?;? *$', 'i'],
  ['/+$', ''],
  ['^(a+)+b$', ''],
  ['^(["\']).*\\1$', ''],
  ['^\\s*(\\S+)\\s*:\\s*(.*)\\s*$', ''],
])('sees that %s is super-linear', (source, flags) => {
  expect(superLinear({ source, flags })).toBe(true);
});

it.each(regexes.map(({ where, source, flags }) => [where, source, flags]))(
  '%s runs in linear time: %s',
  (_where, source, flags) => {
    expect(superLinear({ source, flags })).toBe(false);
  },
);
