import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Failure, GetPicture, InventoryFailure } from '@caravan/contracts';
import { type Door, startDoor } from './door.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const QUERY = { query: '{ products { nodes { sku } } }' };
let door: Door;

beforeAll(async () => {
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => door.upstream.reset());

describe('the proxy', () => {
  it('hands a query on as it came, with trace, deadline and request id, and the answer back', async () => {
    const authorization = `Bearer ${await door.token()}`;
    const before = performance.now();
    const answer = await door.post('/web/graphql', QUERY, {
      authorization,
      traceparent: TRACE,
      'x-request-id': 'mine-1',
      cookie: 'a=b',
      'x-forwarded-host': 'evil.example',
    });
    expect([answer.status, await answer.text()]).toEqual([200, '{"data":{}}']);
    expect(answer.headers.get('x-request-id')).toBe('mine-1');
    const [seen] = door.upstream.seen;
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/graphql',
      body: JSON.stringify(QUERY),
      headers: {
        authorization,
        traceparent: TRACE,
        'x-request-id': 'mine-1',
        'content-type': 'application/json',
      },
    });
    expect(seen!.headers).not.toHaveProperty('cookie');
    expect(seen!.headers).not.toHaveProperty('x-forwarded-host');
    const left = Number(seen!.headers['x-timeout-ms']);
    expect(left).toBeGreaterThanOrEqual(10_000 - (performance.now() - before) - 1);
    expect(left).toBeLessThanOrEqual(10_000);
  });

  it('begins a trace where there is none or a malformed one', async () => {
    await door.post('/mobile/graphql', QUERY, { traceparent: '00-junk-01' });
    expect(door.upstream.seen[0]!.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('lets only harmless headers out', async () => {
    door.upstream.answerWith((_seen, response) => {
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'set-cookie': 'x=y',
          server: 'inside',
          'x-inner': '1',
        })
        .end('{}');
    });
    const answer = await door.post('/web/graphql', QUERY);
    for (const name of ['set-cookie', 'server', 'x-inner']) expect(answer.headers.has(name)).toBe(false);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it("challenges where the BFF answers 401, and passes the BFF's own errors", async () => {
    door.upstream.answerWith((_seen, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[]}');
    });
    const answer = await door.post('/web/graphql', QUERY);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(await answer.text()).toBe('{"errors":[]}');
  });

  it('answers 504 at the deadline and lets go of the BFF', async () => {
    const hurried = await startDoor({ REQUEST_DEADLINE_MS: '300' });
    try {
      const released = new Promise<void>((resolve) =>
        hurried.upstream.answerWith((_seen, response) => void response.on('close', resolve)),
      );
      const answer = await hurried.post('/web/graphql', QUERY);
      expect(answer.status).toBe(504);
      expect(await answer.json()).toMatchObject({ status: 504, code: 'caravan.deadline-exceeded' });
      await released;
    } finally {
      await hurried.stop();
    }
  });

  it('answers 502 when the answer breaks off', async () => {
    door.upstream.answerWith((_seen, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      response.destroy();
    });
    const answer = await door.post('/web/graphql', QUERY);
    expect([answer.status, await answer.json()]).toMatchObject([502, { code: 'gateway.bad-upstream' }]);
  });

  it.each([
    ['nothing listens', () => 'http://127.0.0.1:9'],
    ['the connection breaks while it is made', () => door.upstream.url.replace('http:', 'https:')],
  ])(
    'answers 503 with Retry-After when %s, and takes another replica when one is there',
    async (_when, url) => {
      const dead = url();
      const other = await startDoor({ BFF_WEB_URL: `${dead},${door.upstream.url}`, BFF_MOBILE_URL: dead });
      try {
        for (let n = 0; n < 4; n++) expect((await other.post('/web/graphql', QUERY)).status).toBe(200);
        const answer = await other.post('/mobile/graphql', QUERY);
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
        expect(await answer.json()).toMatchObject({ code: 'caravan.unavailable' });
      } finally {
        await other.stop();
      }
    },
  );

  it('forwards the IDE and nothing beside it', async () => {
    expect((await door.fetch('/web/graphiql')).status).toBe(200);
    expect((await door.fetch('/mobile/graphiql/app.js?v=1')).status).toBe(200);
    expect(door.upstream.seen.map(({ url }) => url)).toEqual(['/graphiql', '/graphiql/app.js?v=1']);
    const { answer } = await door.raw(
      'GET /web/graphiql/../graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain(' 404 ');
    expect((await door.fetch('/web/graphiql/%2e%2e/graphql')).status).not.toBe(200);
  });

  it("has the products' pictures, each asked for once", async () => {
    door.services.when(GetPicture, { svg: '<svg/>' });
    for (let n = 0; n < 2; n++) {
      const answer = await door.fetch('/images/MUG-1.svg');
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'image/svg+xml; charset=utf-8',
      ]);
      expect(await answer.text()).toBe('<svg/>');
    }
    expect(door.services.times(GetPicture)).toBe(1);
    door.services.when(GetPicture, new Failure(InventoryFailure.unknownSku, 'There is no such product.'));
    for (const path of ['/images/NOPE.svg', '/images/NOPE.png'])
      expect((await door.fetch(path)).status).toBe(404);
  });

  it('has no IDE in production', async () => {
    const production = await startDoor({ NODE_ENV: 'production' });
    try {
      expect((await production.fetch('/web/graphiql')).status).toBe(404);
      expect(await (await production.fetch('/')).text()).not.toContain('graphiql');
    } finally {
      await production.stop();
    }
  });

  it('finishes what is in flight when it is told to stop, and takes nothing new', async () => {
    // A drain that waits for more than the answer in flight would outlast the test.
    const leaving = await startDoor({ SHUTDOWN_GRACE_MS: '600000' });
    const arrived = new Promise<() => void>((resolve) =>
      leaving.upstream.answerWith((_seen, response) => resolve(() => void response.end('{"late":true}'))),
    );
    const pending = leaving.post('/web/graphql', QUERY);
    const answerNow = await arrived;
    const stopped = leaving.stop();
    const answers = () => leaving.fetch('/').then(Boolean, () => false);
    while (await answers());
    answerNow();
    expect(await (await pending).text()).toBe('{"late":true}');
    await stopped;
  });
});
