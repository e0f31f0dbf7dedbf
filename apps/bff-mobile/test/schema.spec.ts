import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, printSchema, validate } from 'graphql';
import { readFileSync, writeFileSync } from 'node:fs';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { contradictions } from '../../../libs/graphql/test/sdl.ts';
import { BffMobileModule } from '../src/bff-mobile.module.ts';
import { examples } from '../src/examples.ts';

const committed = new URL('../schema.graphql', import.meta.url);
let bff: Bff;
beforeAll(async () => {
  bff = await Bff.start(BffMobileModule);
});
afterAll(() => bff.stop());

test('the schema says what the public contract says', () => {
  const contract = readFileSync(new URL('contract.graphql', import.meta.url), 'utf8');
  expect(contradictions(contract, bff.schema)).toEqual([]);
});

test('schema.graphql is fresh (UPDATE_SCHEMA=1 writes it)', () => {
  const printed = `${printSchema(bff.schema)}\n`;
  if (process.env['UPDATE_SCHEMA']) writeFileSync(committed, printed);
  expect(readFileSync(committed, 'utf8')).toBe(printed);
});

test.each(examples.map(({ title, query }) => [title, query]))('the example "%s" is valid', (_, query) => {
  expect(validate(bff.schema, parse(query))).toEqual([]);
});
