import { GetProducts, ListProducts, unavailable } from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ADA, mug } from '../../../libs/graphql/test/answers.ts';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';

const QUERY = 'query Page($n: Int) { products(first: $n) { totalCount } }';
const ANSWER = { data: { products: { totalCount: 1 } } };

let bff: Bff;
beforeAll(async () => {
  bff = await Bff.start(BffWebModule);
});
afterAll(() => bff.stop());
beforeEach(() => {
  bff.reset();
  bff.on(ListProducts, { products: [mug], hasNextPage: false, totalCount: 1 });
});

const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${bff.url}/graphql?${new URLSearchParams(parameters).toString()}`, { headers });

const variesBy = (answer: Response) => answer.headers.get('vary')!.toLowerCase().split(', ');

describe('GET', () => {
  it('answers a public query with variables, for caches to keep for a moment', async () => {
    const answer = await get({ query: QUERY, variables: '{"n":3}', operationName: 'Page' });
    expect([answer.status, await answer.json()]).toEqual([200, ANSWER]);
    expect(bff.asked).toMatchObject([{ data: { first: 3 } }]);
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d{1,2}$/);
    expect(variesBy(answer)).toEqual(expect.arrayContaining(['accept', 'accept-language', 'authorization']));
  });

  it('answers 304 when the client has the answer already', async () => {
    const first = await get({ query: QUERY });
    const etag = first.headers.get('etag')!;
    for (const known of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
      const again = await get({ query: QUERY }, { 'if-none-match': known });
      expect([known, again.status, await again.text()]).toEqual([known, 304, '']);
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
      expect(again.headers.get('vary')).toBe(first.headers.get('vary'));
    }
    bff.on(ListProducts, { products: [mug], hasNextPage: false, totalCount: 2 });
    const changed = await get({ query: QUERY }, { 'if-none-match': etag });
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
  });

  it('answers signed-in clients as well, for no cache to keep', async () => {
    const authorization = `Bearer ${await bff.token(ADA)}`;
    const answer = await get({ query: '{ me { id } }' }, { authorization, 'if-none-match': '*' });
    expect([answer.status, await answer.json()]).toEqual([200, { data: { me: { id: ADA } } }]);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer.headers.get('etag')).toBeNull();
  });

  it('lets no cache keep an answer with errors in it', async () => {
    bff.on(GetProducts, unavailable('inventory'));
    const answers = [
      await get({ query: '{ product(sku: "MUG-1") { name } }' }),
      await get({ query: `{ products { totalCount } me { id } }` }),
      await get({ query: '{ nothing }' }),
      await get({ query: QUERY, variables: '[1]' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400]);
    for (const answer of answers) {
      expect(answer.headers.get('cache-control')).toMatch(/no-store/);
      expect(answer.headers.get('etag')).toBeNull();
    }
  });

  it.each([
    'mutation { restock(sku: "A", quantity: 1) { sku } }',
    'query A { products { totalCount } } mutation B { cancelOrder(id: "1") { __typename } }',
  ])('changes nothing: %s is 405', async (query) => {
    const named: Record<string, string> = query.includes('B {') ? { operationName: 'B' } : {};
    const authorization = `Bearer ${await bff.token(ADA, 'staff')}`;
    for (const headers of [{}, { authorization }, { 'apollo-require-preflight': '1' }] as Record<
      string,
      string
    >[]) {
      const answer = await get({ query, ...named }, headers);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    }
    expect(bff.asked).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'of content type %s is 415, as a form of another page would send it',
    async (type) => {
      expect((await get({ query: QUERY }, { 'content-type': type })).status).toBe(415);
    },
  );

  it('knows a document by its hash once it was sent along', async () => {
    const query = `${QUERY} # ${Math.random()}`;
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });
    const unknown = await get({ extensions });
    expect([unknown.status, await unknown.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    ]);
    expect((await get({ query, extensions })).status).toBe(200);
    const known = await get({ extensions, variables: '{"n":2}' });
    expect([known.status, await known.json()]).toEqual([200, ANSWER]);
    expect(known.headers.get('cache-control')).toMatch(/^public/);
  });
});

describe('the form of an answer', () => {
  it.each([
    ['*/*', 'application/json'],
    ['application/json, application/graphql-response+json;q=0.5', 'application/json'],
    ['application/graphql-response+json;q=0.4, application/json;q=0.5', 'application/json'],
    ['application/graphql-response+json;q=0, */*', 'application/json'],
    ['application/json;q=0.9, application/graphql-response+json', 'application/graphql-response+json'],
    ['text/event-stream', 'application/json'],
  ])('accept %s gets %s, by GET and by POST', async (accept, type) => {
    const byGet = await get({ query: QUERY }, { accept });
    const byPost = await bff.query(QUERY, {}, undefined, { accept });
    for (const { headers } of [byGet, byPost]) expect(headers.get('content-type')).toMatch(`${type};`);
  });
});
