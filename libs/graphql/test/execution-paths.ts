import { Code, Failure, unavailable } from '@caravan/contracts';
import { type Contract } from '@caravan/contracts';
import { expect } from '@jest/globals';
import {
  type DocumentNode,
  getIntrospectionQuery,
  type GraphQLSchema,
  Kind,
  parse,
  type VariableDefinitionNode,
  print,
} from 'graphql';
import { ADA, input, ORDER_ID } from './answers.ts';
import { documentsOfSchema, documentsOfStories } from './documents.ts';
import type { Asker, Question, Twins } from './twins.ts';

const staff: Asker = { id: ADA, roles: ['staff'] };
const ASKERS: readonly (Asker | undefined)[] = [undefined, { id: ADA }, staff, { id: ADA, expired: true }];

/** Good values by the variable's name; else by its type. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  id: ORDER_ID,
  sku: 'MUG-1',
  input,
  first: 2,
  after: null,
};
const BY_TYPE: Readonly<Record<string, unknown>> = { Int: 2, Boolean: true, ID: ORDER_ID, String: 'mug' };
const BAD: readonly unknown[] = [null, { no: 'such field' }, -1];

/** The questions that a document is asked with: good variables, none, and each variable wrong in several ways. */
function questionsOf(query: string, examples: Readonly<Record<string, unknown>> = {}): Question[] {
  const definitions = definitionsOf(query);
  if (definitions.length === 0) return [{ query }];
  const good = Object.fromEntries(
    definitions.map(({ variable, type }) => {
      const name = variable.name.value;
      return [name, examples[name] ?? BY_NAME[name] ?? BY_TYPE[print(type).replace(/\W/g, '')] ?? null];
    }),
  );
  const bad = Object.keys(good).flatMap((name) => BAD.map((value) => ({ ...good, [name]: value })));
  return [good, {}, ...bad].map((variables) => ({ query, variables }));
}

function definitionsOf(query: string): readonly VariableDefinitionNode[] {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch {
    return [];
  }
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : [],
  );
}

/** Ways in which a service answers wrongly. */
export const FAILURES: Readonly<Record<string, Failure | Error>> = {
  unavailable: unavailable('a service'),
  'an unknown failure': new Failure('a.new-one', 'never shown'),
  late: new Failure(Code.deadlineExceeded, 'too late'),
  'a thrown error': new Error('broken'),
};

/** Asks every document of the stories, of the schema and of the examples on both paths. @returns how many it asked */
export async function askEverything(
  twins: Twins,
  schema: GraphQLSchema,
  examples: readonly { query: string; variables?: object }[],
): Promise<number> {
  let asked = 0;
  const introspection = getIntrospectionQuery();
  const documents = [introspection, ...documentsOfStories(schema), ...documentsOfSchema(schema)].map(
    (query) => ({
      query,
      variables: {},
    }),
  );
  for (const { query, variables } of [...documents, ...examples]) {
    const [good, ...others] = questionsOf(query, variables as Record<string, unknown> | undefined);
    for (const asker of ASKERS) asked += await ask(twins, good!, asker, !asker);
    for (const question of others) asked += await ask(twins, question, staff);
  }
  return asked;
}

async function ask(twins: Twins, question: Question, asker: Asker | undefined, get = false): Promise<number> {
  await twins.ask(question, asker, {}, get);
  return 1;
}

/** Asks every field of the schema while each of the services fails in each way. */
export async function askWithFailures(
  twins: Twins,
  schema: GraphQLSchema,
  contracts: readonly (Contract<never, unknown> | Contract)[],
  answers: () => void,
): Promise<void> {
  const seen = new Set<string>();
  for (const contract of contracts) {
    for (const failure of Object.values(FAILURES)) {
      answers();
      twins.on(contract, failure);
      for (const query of documentsOfSchema(schema)) {
        const { text } = await twins.ask(questionsOf(query)[0]!, staff);
        for (const [, code] of text.matchAll(/"code":"([A-Z_]+)"/g)) seen.add(code!);
      }
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining(['UNAVAILABLE', 'INTERNAL_SERVER_ERROR']));
}
