import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Door, startDoor } from './door.ts';

const QUERY = '{products{totalCount}}';
const URQL =
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';

let door: Door;
beforeAll(async () => {
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => door.upstream.reset());

const get = (
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
  path = '/web/graphql',
) => door.fetch(`${path}?${new URLSearchParams(parameters).toString()}`, { headers });

const asked = () =>
  door.upstream.seen.map(({ method, url }) => [method, new URL(url, 'http://x').searchParams.get('query')]);

describe('a query by GET', () => {
  it('goes on with its four parameters, spelled as they came, and no other', async () => {
    const search = `query=${QUERY}&variables=%7B%22n%22:1%7D&operationName=A&extensions={}`;
    const answer = await door.fetch(`/mobile/graphql?access_token=x&${search}&utm=y`);
    expect(answer.status).toBe(200);
    const { url, method } = door.upstream.seen[0]!;
    expect([method, url]).toEqual(['GET', `/graphql?${search}`]);
  });

  it.each([URQL, '*/*', 'application/json', 'text/html', 'text/event-stream;q=0.3, application/json;q=0.4'])(
    'is one for clients that accept %s',
    async (accept) => {
      expect((await get({ query: QUERY }, { accept })).status).toBe(200);
      expect(asked()).toEqual([['GET', QUERY]]);
    },
  );

  it.each([
    'text/event-stream',
    'text/event-stream, application/json',
    'application/json;q=0.1, text/event-stream',
  ])('is a subscription, which is not there yet, for clients that prefer %s', async (accept) => {
    const answer = await get({ query: QUERY }, { accept });
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'gateway.not-there-yet' }]);
    expect(asked()).toEqual([]);
  });

  it('keeps what the BFF says about caches, and tells answers apart by origin', async () => {
    door.upstream.answerWith((seen, response) => {
      const headers = { etag: 'W/"1"', 'cache-control': 'public, max-age=5', vary: 'Accept, Authorization' };
      response.writeHead(seen.headers['if-none-match'] === 'W/"1"' ? 304 : 200, headers).end();
    });
    for (const [known, status] of [
      ['W/"0"', 200],
      ['W/"1"', 304],
    ] as const) {
      const { status: got, headers } = await get({ query: QUERY }, { 'if-none-match': known });
      expect([got, headers.get('etag'), headers.get('cache-control')]).toEqual([
        status,
        'W/"1"',
        'public, max-age=5',
      ]);
      const varies = headers.get('vary')!.split(', ');
      expect(varies).toEqual(expect.arrayContaining(['Accept', 'Authorization', 'Origin']));
    }
  });

  it.each<[string, Record<string, string>]>([
    ['variables that are no JSON', { variables: '{' }],
    ['variables that are a list', { variables: '[]' }],
    ['__proto__ in variables', { variables: '{"a":{"__proto__":{}}}' }],
    ['a number beyond 2^53', { variables: '{"n":9007199254740993}' }],
    ['half a character', { variables: '{"s":"\\ud800"}' }],
    ['deep nesting', { variables: `{"a":${'['.repeat(70)}${']'.repeat(70)}}` }],
    ['extensions that are a text', { extensions: '"x"' }],
  ])('with %s is 400', async (_what, parameters) => {
    const answer = await get({ query: QUERY, ...parameters });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'gateway.malformed' }]);
    expect(asked()).toEqual([]);
  });

  it('may leave its variables empty', async () => {
    for (const variables of ['', 'null']) expect((await get({ query: QUERY, variables })).status).toBe(200);
    expect(door.upstream.seen.map(({ url }) => url)).not.toContainEqual(expect.stringContaining('variables'));
  });

  it('twice in one URL is 400, and without a question 405', async () => {
    expect((await door.fetch('/web/graphql?query=a&query=b')).status).toBe(400);
    for (const search of ['', '?', '?variables={}', '?operationName=A'])
      expect((await door.fetch(`/web/graphql${search}`)).status).toBe(405);
    expect(asked()).toEqual([]);
  });

  it.each(['no-cors', 'navigate'])('that another site embeds or links (%s) is refused', async (mode) => {
    const statusOf = async (site: string, further = '', by = mode) => {
      const fields = `Sec-Fetch-Site: ${site}\r\nSec-Fetch-Mode: ${by}\r\n${further}`;
      const { answer } = await door.raw(
        `GET /web/graphql?query=${QUERY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n`,
      );
      return answer.slice(9, 12);
    };
    for (const site of ['cross-site', 'same-site']) expect(await statusOf(site)).toBe('400');
    expect(asked()).toEqual([]);
    expect(await statusOf('cross-site', 'Apollo-Require-Preflight: 1\r\n')).toBe('200');
    expect(await statusOf('cross-site', '', 'cors')).toBe('200');
    for (const site of ['none', 'same-origin']) expect(await statusOf(site)).toBe('200');
  });
});
