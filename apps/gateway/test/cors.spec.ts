import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Login, unavailable } from '@caravan/contracts';
import { readEnv } from '@caravan/platform';
import { gatewayEnv } from '../src/gateway.env.ts';
import { type Door, startDoor } from './door.ts';

const QUERY = { query: '{ products { nodes { sku } } }' };
const SHOP = 'https://shop.example';
const OPEN = ['/web/graphql', '/mobile/graphql', '/v1/auth/login', '/.well-known/jwks.json'];

/** The CORS headers of an answer and whether caches keep it apart by origin. */
const permission = ({ headers }: Response) => ({
  origin: headers.get('access-control-allow-origin'),
  credentials: headers.get('access-control-allow-credentials'),
  varies: (headers.get('vary') ?? '').split(/, */).includes('Origin'),
});
const GRANTED = { origin: SHOP, credentials: null, varies: true };
const NONE = { origin: null, credentials: null, varies: true };

let door: Door;
beforeAll(async () => {
  door = await startDoor({
    ALLOWED_ORIGINS: `${SHOP},https://admin.shop.example:8443`,
    NODE_ENV: 'production',
  });
});
afterAll(() => door.stop());
beforeEach(() => door.upstream.reset());

const preflight = (path: string, origin: string, at: Door = door) =>
  at.fetch(path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

describe('a page of an allowed origin', () => {
  it.each(OPEN)('has its preflight for %s answered and cached', async (path) => {
    const answer = await preflight(path, SHOP);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(permission(answer)).toEqual(GRANTED);
    const listed = (name: string) => answer.headers.get(name)!.toLowerCase().split(', ');
    expect(listed('access-control-allow-headers')).toEqual(
      expect.arrayContaining([
        'authorization',
        'content-type',
        'if-none-match',
        'apollo-require-preflight',
        'x-apollo-operation-name',
        'traceparent',
      ]),
    );
    expect(listed('access-control-allow-methods')).toContain(path.endsWith('.json') ? 'get' : 'post');
    expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(600);
    expect(door.upstream.seen).toEqual([]);
  });

  it('reads answers and the headers that clients act on', async () => {
    const answer = await door.post('/web/graphql', QUERY, { origin: SHOP });
    expect([answer.status, permission(answer)]).toEqual([200, GRANTED]);
    const exposed = answer.headers.get('access-control-expose-headers')!.toLowerCase().split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['retry-after', 'ratelimit', 'ratelimit-policy', 'x-request-id', 'etag']),
    );
  });

  it('reads 400, 401, 404, 405, 413, 415, 500, 502 and 503 as answers, not as a network error', async () => {
    const headers = { origin: SHOP };
    door.services.when(Login, unavailable('users'));
    const answers = [
      await door.post('/web/graphql', '{', headers),
      await door.post('/web/graphql', QUERY, { ...headers, authorization: 'Bearer a.b.c' }),
      await door.post('/v1/auth/nothing', {}, headers),
      await door.fetch('/v1/auth/login', { headers }),
      await door.post('/web/graphql', `{"query":"${'x'.repeat(300_000)}"}`, headers),
      await door.post('/web/graphql', 'a', { ...headers, 'content-type': 'text/plain' }),
      await door.post('/v1/auth/login', { email: 'a', password: 'b' }, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 404, 405, 413, 415, 503]);
    for (const answer of answers) expect(permission(answer)).toEqual(GRANTED);
    door.upstream.answerWith((_seen, response) => response.destroy());
    expect(permission(await door.post('/web/graphql', QUERY, headers))).toEqual(GRANTED);
  });

  it('reads 429, and preflights are limited like everything else', async () => {
    const small = await startDoor({ ALLOWED_ORIGINS: SHOP, RATE_LIMIT_PER_ADDRESS: '5' });
    try {
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => preflight('/web/graphql', SHOP, small)),
      );
      const limited = answers.filter(({ status }) => status === 429);
      expect(limited.length).toBeGreaterThan(0);
      expect(permission(limited[0]!)).toEqual(GRANTED);
    } finally {
      await small.stop();
    }
  });
});

describe('a page of a foreign origin', () => {
  it.each([
    'https://evil.example',
    'https://shop.example.evil.example',
    'http://shop.example',
    'https://shop.example:444',
    'https://shop.example/',
    'https://SHOP.example',
    'https://admin.shop.example',
    `${SHOP}, https://evil.example`,
    'http://localhost:5173',
    'null',
  ])('%s gets no permission', async (origin) => {
    for (const path of OPEN) expect(permission(await preflight(path, origin))).toEqual(NONE);
    expect(permission(await door.post('/web/graphql', QUERY, { origin }))).toEqual(NONE);
  });

  it('is told apart by caches when there is no origin at all', async () => {
    expect(permission(await door.post('/web/graphql', QUERY))).toEqual(NONE);
  });

  it('has no access to what is not for pages of other origins', async () => {
    for (const path of ['/', '/v1/webhooks/payments', '/images/MUG-1.svg', '/v1/authors', '/web/graphql/x'])
      expect(permission(await preflight(path, SHOP)).origin).toBeNull();
  });
});

describe('in development', () => {
  let development: Door;
  beforeAll(async () => {
    development = await startDoor({ NODE_ENV: 'development', ALLOWED_ORIGINS: SHOP });
  });
  afterAll(() => development.stop());

  it.each(['http://localhost:5173', 'http://localhost', 'http://127.0.0.1:3000', SHOP])(
    '%s is allowed',
    async (origin) => {
      expect(permission(await preflight('/v1/auth/login', origin, development))).toEqual({
        ...GRANTED,
        origin,
      });
    },
  );

  it.each([
    'http://localhost.evil.example:5173',
    'http://evil-localhost:5173',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.10:3000',
    'http://localhost:5173.evil.example',
    'http://localhost:5173/',
    'http://user@localhost:5173',
  ])('%s is not', async (origin) => {
    expect(permission(await preflight('/web/graphql', origin, development))).toEqual(NONE);
  });
});

describe('ALLOWED_ORIGINS', () => {
  it.each([
    ['*', /wildcard/],
    ['https://*.shop.example', /wildcard/],
    ['null', /not an origin/],
    ['shop.example', /not an origin/],
    ['https://shop.example/', /write https:\/\/shop\.example$/m],
    ['https://shop.example:443', /write https:\/\/shop\.example$/m],
    ['https://Shop.example/path?x', /write https:\/\/shop\.example$/m],
    ['https://user:secret@shop.example', /write https:\/\/shop\.example$/m],
    ['ftp://shop.example', /not an origin/],
    ['https://a.example,,https://b.example', /empty/],
    ['https://a.example https://b.example', /not an origin/],
  ])('%s is refused at the start, with a reason', (value, reason) => {
    const source = { RABBITMQ_URL: 'amqp://nowhere', ALLOWED_ORIGINS: value };
    const read = () => readEnv(gatewayEnv, source);
    expect(read).toThrow(reason);
    expect(read).toThrow(/ALLOWED_ORIGINS: /);
  });
});
