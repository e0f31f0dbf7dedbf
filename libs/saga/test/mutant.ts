import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import * as definition from '../src/saga.definition.ts';
import type { Machine } from '../testing/surroundings.ts';

const FILE = new URL('../src/saga.machine.ts', import.meta.url);

/**
 * The product's state machine with one mistake in it.
 * @param changes texts of its source and what stands in their place
 * @throws when the source has no such text, or more than one: the mutation has to be rewritten with it
 */
export function mutant(...changes: readonly (readonly [from: string, to: string])[]): Machine {
  let source = readFileSync(FILE, 'utf8');
  for (const [from, to] of changes) {
    if (source.split(from).length !== 2) throw new Error(`saga.machine.ts does not have once: ${from}`);
    source = source.replace(from, () => to);
  }
  const { code } = transformSync(source, {
    jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const exported: { advance?: Machine } = {};
  const run = compileFunction(code, ['exports', 'require']) as (
    exported: object,
    require: () => object,
  ) => void;
  run(exported, () => definition);
  return exported.advance!;
}
