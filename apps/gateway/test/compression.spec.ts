import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { GetPicture, Login } from '@caravan/contracts';
import { type Door, startDoor } from './door.ts';

const QUERY = JSON.stringify({ query: '{ products { nodes { sku } } }' });
const LONG = JSON.stringify({ data: { text: 'Enamel mug, for tea by the fire. '.repeat(100) } });
let door: Door;
beforeAll(async () => {
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => door.upstream.reset());

/** What came over the wire, not decoded. */
function ask(
  path: string,
  acceptEncoding?: string,
  body?: string,
  method = body === undefined ? 'GET' : 'POST',
) {
  return new Promise<{ headers: Record<string, string>; bytes: Buffer }>((resolve, reject) => {
    const headers = {
      ...(acceptEncoding !== undefined && { 'accept-encoding': acceptEncoding }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const sent = httpRequest(door.url + path, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers as never, bytes: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const answerWith = (text: string, headers: Record<string, string> = {}) =>
  door.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
  });

const varies = (headers: Record<string, string>) => headers['vary']!.split(', ');

describe('an answer over 1 kB', () => {
  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.1, gzip;q=0.2', 'gzip'],
    ['*', 'br'],
  ])('is compressed for %s as %s, and no byte is lost', async (accepted, coding) => {
    answerWith(LONG);
    const { headers, bytes } = await ask('/web/graphql', accepted, QUERY);
    expect(headers['content-encoding']).toBe(coding);
    expect(Number(headers['content-length'])).toBe(bytes.length);
    expect(bytes.length).toBeLessThan(LONG.length / 4);
    expect((coding === 'br' ? brotliDecompressSync : gunzipSync)(bytes).toString()).toBe(LONG);
    expect(varies(headers)).toEqual(expect.arrayContaining(['Origin', 'Accept-Encoding']));
  });

  it.each([undefined, 'identity', 'deflate', 'br;q=0, gzip;q=0', '*;q=0'])(
    'stays as it is for %s',
    async (accepted) => {
      answerWith(LONG);
      const { headers, bytes } = await ask('/web/graphql', accepted, QUERY);
      expect([headers['content-encoding'], bytes.toString()]).toEqual([undefined, LONG]);
      expect(varies(headers)).toContain('Accept-Encoding');
    },
  );

  it('has a weak ETag when it is compressed', async () => {
    for (const [etag, sent] of [
      ['"a"', 'W/"a"'],
      ['W/"a"', 'W/"a"'],
    ] as const) {
      answerWith(LONG, { etag });
      expect((await ask('/web/graphql', 'gzip', QUERY)).headers['etag']).toBe(sent);
      expect((await ask('/web/graphql', undefined, QUERY)).headers['etag']).toBe(etag);
    }
  });

  it('of a size that is compressed beside the event loop is whole as well', async () => {
    const large = JSON.stringify({ data: Array.from({ length: 20_000 }, (_, n) => `Mug ${n * 7919}`) });
    answerWith(large);
    for (const [coding, decompress] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const)
      expect(decompress((await ask('/web/graphql', coding, QUERY)).bytes).toString()).toBe(large);
  });

  it('is compressed for pages and pictures too', async () => {
    door.services.when(GetPicture, { svg: `<svg>${'<g/>'.repeat(500)}</svg>` });
    for (const path of ['/', '/images/MUG-1.svg'])
      expect((await ask(path, 'gzip')).headers['content-encoding']).toBe('gzip');
  });
});

describe('what is not compressed', () => {
  it('an answer of 1 kB or less', async () => {
    answerWith(JSON.stringify({ data: 'x'.repeat(1_024 - 11) }));
    const { headers, bytes } = await ask('/web/graphql', 'br, gzip', QUERY);
    expect([headers['content-encoding'], bytes.length]).toEqual([undefined, 1_024]);
  });

  it('what forbids it or is of a type that is compressed already', async () => {
    for (const headers of [{ 'cache-control': 'no-transform' }, { 'content-type': 'image/png' }]) {
      answerWith(LONG, headers as unknown as Record<string, string>);
      expect((await ask('/web/graphql', 'gzip', QUERY)).headers['content-encoding']).toBeUndefined();
    }
  });

  it('tokens, beside which a request could place its guesses', async () => {
    const session = { accessToken: 'x'.repeat(2_000), user: { email: 'a@b.c' } };
    door.services.when(Login, session);
    const { headers, bytes } = await ask('/v1/auth/login', 'br, gzip', '{"email":"a","password":"b"}');
    expect([headers['content-encoding'], bytes.toString()]).toEqual([undefined, JSON.stringify(session)]);
  });
});
