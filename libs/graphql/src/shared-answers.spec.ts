import { HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import { describe, expect, it } from '@jest/globals';
import { SharedAnswers } from './shared-answers.ts';

const LIST = { query: '{ products { nodes { sku } } }', variables: { first: 1 } };
const RESTOCK = { query: 'mutation { restock(sku: "A", quantity: 1) { sku } }' };
const GOOD = '{"data":{"products":{"nodes":[]}}}';
const FLAWED = '{"errors":[{"message":"not now"}],"data":null}';

const answer = (string: string): HTTPGraphQLResponse => ({
  headers: new HeaderMap(),
  body: { kind: 'complete', string },
});

/** Asks all bodies in one turn. @returns how often something was executed, and what each was answered */
async function together(bodies: unknown[], executed: () => Promise<HTTPGraphQLResponse>) {
  const shared = new SharedAnswers();
  let times = 0;
  const answers = bodies.map((body) =>
    shared.of(body, '', () => {
      times++;
      return executed();
    }),
  );
  return { answers: await Promise.allSettled(answers), times };
}

const good = () => Promise.resolve(answer(GOOD));

describe('answers of one turn', () => {
  it('are shared by those who ask the same', async () => {
    const { answers, times } = await together([LIST, structuredClone(LIST), structuredClone(LIST)], good);
    expect(times).toBe(1);
    expect(answers).toEqual([1, 2, 3].map(() => ({ status: 'fulfilled', value: answer(GOOD) })));
  });

  it.each([
    ['other variables', [LIST, { ...LIST, variables: { first: 2 } }]],
    ['another operation of the same text', [{ ...LIST, operationName: 'A' }, LIST]],
    ['what changes something', [RESTOCK, RESTOCK]],
    ['what is no question at all', [null, null]],
  ])('are not those of %s', async (_what, bodies) => {
    expect((await together(bodies, good)).times).toBe(2);
  });

  it('are not shared in another form', async () => {
    const shared = new SharedAnswers();
    const forms = await Promise.all(
      ['', 'application/graphql-response+json'].map((form) =>
        shared.of(LIST, form, async () => answer(form)),
      ),
    );
    expect(forms.map(({ body }) => body)).toEqual([
      answer('').body,
      answer('application/graphql-response+json').body,
    ]);
  });

  it('are shared with nobody when they have errors', async () => {
    expect((await together([LIST, LIST, LIST], () => Promise.resolve(answer(FLAWED)))).times).toBe(3);
    const broken = await together([LIST, LIST], () => Promise.reject(new Error('broken')));
    expect([broken.times, broken.answers.map(({ status }) => status)]).toEqual([2, ['rejected', 'rejected']]);
  });

  it('are not those of the turn before', async () => {
    const shared = new SharedAnswers();
    const first = await shared.of(LIST, '', good);
    await new Promise(setImmediate);
    expect(await shared.of(LIST, '', good)).not.toBe(first);
  });
});
