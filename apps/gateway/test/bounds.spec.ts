import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Door, startDoor } from './door.ts';

const QUERY = '{"query":"{ me { id } }"}';
const HEAD = 'POST /web/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
let door: Door;

beforeAll(async () => {
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => door.upstream.reset());

/** Every refusal: a problem with all its fields and an id, and no word of it behind the door. */
async function expectProblem(answer: Response, status: number) {
  const problem = (await answer.json()) as Record<string, unknown>;
  expect(answer.status).toBe(status);
  expect(problem.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  for (const field of ['type', 'title', 'detail', 'instance', 'code', 'traceId']) {
    expect(typeof problem[field]).toBe('string');
  }
  expect(door.upstream.seen).toEqual([]);
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('a body', () => {
  it.each<[string, string]>([
    ['that is not JSON', '{"query":'],
    ['that is empty', ''],
    ['that is a batch', `[${QUERY},${QUERY}]`],
    ['that is only a text', '"query"'],
    ['nested 50,000 deep', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['with __proto__', '{"query":"{a}","variables":{"__proto__":{"admin":true}}}'],
    ['with a number beyond 2^53', '{"query":"{a}","variables":{"n":9007199254740993}}'],
    ['with 1e400', '{"query":"{a}","variables":{"n":1e400}}'],
    ['with NaN', '{"query":"{a}","variables":{"n":NaN}}'],
    ['with half a character', '{"query":"{a}","variables":{"s":"\\ud800"}}'],
    ['with NUL', '{"query":"{a}","variables":{"s":"\\u0000"}}'],
  ])('%s is 400', async (_what, body) => {
    await expectProblem(await door.post('/web/graphql', body), 400);
  });

  it('that is not UTF-8 is 400', async () => {
    const body = Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const headers = { 'content-type': 'application/json' };
    await expectProblem(await door.fetch('/web/graphql', { method: 'POST', headers, body }), 400);
  });

  it('with ordinary numbers and letters passes', async () => {
    const body = JSON.stringify({ query: '{a}', variables: { n: -9007199254740991, f: 1.5, s: '🛒 ≤ é' } });
    expect((await door.post('/web/graphql', body)).status).toBe(200);
    expect(door.upstream.seen[0]!.body).toBe(body);
  });

  it('of 256 KiB passes, one byte more is 413, told or chunked', async () => {
    const body = (size: number) => `{"query":"${'x'.repeat(size - 12)}"}`;
    expect((await door.post('/web/graphql', body(256 * 1024))).status).toBe(200);
    door.upstream.reset();
    await expectProblem(await door.post('/web/graphql', body(256 * 1024 + 1)), 413);
    await expectProblem(await door.post('/web/graphql', body(4 * 1024 * 1024)), 413);
    const chunk = body(300 * 1024);
    const size = chunk.length.toString(16);
    const { answer } = await door.raw(
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n${size}\r\n${chunk}\r\n0\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(413);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/graphql'],
    ['application/json; charset=latin1'],
    ['application/jsonx'],
    ['application/json; charset=utf-8; charset=utf-8; charset=utf-8'],
    ['application/json; charset'],
    [`application/json${' '.repeat(15_000)}x`],
    [`application/json;${' ;'.repeat(7_000)}x`],
    [`application/json; charset${'='.repeat(15_000)}utf-8`],
  ])('as %s is 415', async (type) => {
    await expectProblem(await door.post('/web/graphql', QUERY, { 'content-type': type }), 415);
  });

  it.each([
    ['application/json'],
    ['Application/JSON;charset=UTF-8'],
    ['application/json ; charset = "utf-8" ;'],
    [`application/json${' '.repeat(7_000)};${' '.repeat(7_000)}charset=utf-8`],
  ])('as %s passes', async (type) => {
    expect((await door.post('/web/graphql', QUERY, { 'content-type': type })).status).toBe(200);
  });

  it('of no type or compressed is 415', async () => {
    await expectProblem(await door.post('/web/graphql', QUERY, { 'content-encoding': 'gzip' }), 415);
    const { answer } = await door.raw(
      `POST /web/graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${QUERY.length}\r\n\r\n${QUERY}`,
    );
    expect(statusOf(answer)).toBe(415);
  });
});

describe('a path', () => {
  it('that nobody knows is 404', async () => {
    await expectProblem(await door.fetch('/nothing'), 404);
    await expectProblem(await door.fetch('/m'), 404);
    await expectProblem(await door.fetch('/ops'), 404);
  });

  it('asked with the wrong method is 405 with Allow', async () => {
    const answer = await door.fetch('/web/graphql');
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    await expectProblem(answer, 405);
    for (const [method, path] of [
      ['PUT', '/mobile/graphql'],
      ['GET', '/v1/auth/login'],
      ['POST', '/'],
      ['DELETE', '/.well-known/jwks.json'],
    ] as const) {
      const wrong = await door.fetch(path, { method });
      expect(wrong.headers.get('allow')).toMatch(/GET|POST/);
      await expectProblem(wrong, 405);
    }
  });

  it('waits for subscriptions with 404', async () => {
    const answer = await door.fetch('/web/graphql', { headers: { accept: 'text/event-stream' } });
    await expectProblem(answer, 404);
  });

  it.each(['/web/graphql?a=1&a=2', '/images/%00.svg', '/%zz', '/images/%ed%a0%80.svg'])(
    '%s is 400',
    async (path) => {
      expect((await door.fetch(path, { method: 'GET' })).status).toBe(400);
    },
  );

  it('beyond 8 KiB is 414', async () => {
    await expectProblem(await door.fetch(`/${'x'.repeat(9_000)}`), 414);
    expect(statusOf((await door.raw(`GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).answer)).toBe(
      414,
    );
  });
});

describe('a head', () => {
  const post = (headers: string) => door.raw(`${HEAD}Connection: close\r\n${headers}\r\n`);
  const get = (headers: string) => door.raw(`GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);

  it.each<[string, string, number]>([
    ['CL and TE', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', 400],
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n', 400],
    ['an odd TE', 'Transfer-Encoding: xchunked\r\n', 400],
    ['TE with more behind it', 'Transfer-Encoding: chunked, identity\r\n', 400],
    ['a length that is none', 'Content-Length: 3x\r\n', 400],
    ['a bare line feed', 'X-A: 1\nX-B: 2\r\n', 400],
    ['NUL in a header', 'X-A: a\0b\r\n', 400],
    ['a space before the colon', 'X-A : 1\r\n', 400],
    ['a folded header', 'X-A: 1\r\n folded\r\n', 400],
    ['16 KiB of header', `X-A: ${'a'.repeat(17_000)}\r\n`, 431],
    ['more than 100 headers', Array.from({ length: 101 }, (_, n) => `X-${n}: 1\r\n`).join(''), 431],
    ['Authorization twice', 'Authorization: Bearer a\r\nAuthorization: Bearer b\r\n', 400],
    ['Host twice', 'Host: y\r\n', 400],
  ])('with %s', async (_what, headers, status) => {
    const { answer } = await post(headers);
    expect(statusOf(answer)).toBe(status);
    expect(answer.toLowerCase()).toContain('x-request-id');
    expect(answer).toContain('application/problem+json');
    expect(door.upstream.seen).toEqual([]);
  });

  it.each([
    ['user@x', 400],
    ['user:secret@x', 400],
    ['x/path', 400],
    ['x?y', 400],
    ['x#y', 400],
    ['x y', 400],
    ['http://x', 400],
    ['x:80:90', 400],
    ['[::1', 400],
    ['x', 200],
    ['x:8080', 200],
    ['[::1]:8080', 200],
    ['', 200],
  ])('with Host: %s', async (host, status) => {
    const { answer } = await door.raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(statusOf(answer)).toBe(status);
  });

  it.each([
    ['http://x/', 200],
    ['HTTP://X/', 200],
    ['http://evil.example/', 421],
    ['http://user@x/', 421],
    ['http://x:81/', 421],
    ['ftp://x/', 400],
    ['x/', 400],
    ['/#fragment', 400],
    ['http://x/web/graphiql', 404],
    ['/%77eb/graphiql', 404],
    ['/web/%67raphiql', 404],
    ['/%69mages/TOY.svg', 404],
    ['/images/%54OY.svg', 404],
    ['/.well-known/jwks%2Ejson', 404],
  ])('that asks for %s', async (target, status) => {
    const { answer } = await door.raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(statusOf(answer)).toBe(status);
  });

  it('that is no HTTP closes the connection', async () => {
    for (const bytes of ['GET / HTTP/1.1\nHost: x\n\n', 'hello\r\n\r\n', Buffer.from([0x16, 3, 1, 0, 1])]) {
      const { answer, closed } = await door.raw(bytes);
      expect([statusOf(answer), closed]).toEqual([400, true]);
    }
    expect((await door.raw('GET / HTTP/1.1\r\n\r\n')).closed).toBe(true);
  });

  it('with TRACE, CONNECT or a method of its own is 405 or 501', async () => {
    for (const [method, path] of [
      ['TRACE', '/'],
      ['CONNECT', 'x:80'],
      ['PROPFIND', '/'],
    ]) {
      const { answer } = await door.raw(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect([method, [405, 501].includes(statusOf(answer))]).toEqual([method, true]);
    }
  });

  it('that asks for a WebSocket is told 404, and the socket is closed', async () => {
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n';
    for (const path of ['/', '/web/graphql', '/else']) {
      const { answer, closed } = await door.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
      expect([path, statusOf(answer), closed]).toEqual([path, 404, true]);
    }
  });

  it('has its request id kept when it is fit, replaced when not', async () => {
    const idOf = async (sent: string) =>
      (await door.fetch('/', { headers: { 'x-request-id': sent } })).headers.get('x-request-id');
    expect(await idOf('abc-123')).toBe('abc-123');
    for (const unfit of ['a b', 'x'.repeat(10_000), '<script>', 'é'])
      expect(await idOf(unfit)).toMatch(/^[\w-]{36}$/);
    expect((await get('X-Request-Id: a\r\nX-Request-Id: b\r\nConnection: close\r\n')).answer).toMatch(
      /x-request-id: [\w-]{36}/,
    );
  });

  it('of a foreign origin gets no permission, and a preflight is cheap', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const preflight = await door.fetch('/web/graphql', { method: 'OPTIONS', headers });
    expect([preflight.status, await preflight.text()]).toEqual([204, '']);
    for (const answer of [preflight, await door.fetch('/', { headers })]) {
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('cannot change a link', async () => {
    const { answer } = await door.raw(
      'GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(statusOf(answer)).toBe(200);
    expect(answer).not.toContain('evil.example');
    expect(answer).toContain('http://127.0.0.1:8080/.well-known/jwks.json');
  });
});
