import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Login, UsersFailure, Failure } from '@caravan/contracts';
import { Logger } from '@nestjs/common';
import { register } from 'prom-client';
import { type Door, startDoor } from './door.ts';

const QUERY = { query: 'query Mine { me { id } }' };
let door: Door;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  for (const level of ['log', 'warn'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => {
      if (typeof line === 'object' && line !== null) lines.push(line as Record<string, unknown>);
    });
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => {
  lines.splice(0);
  door.upstream.reset();
});

async function counted(code: string): Promise<number> {
  const metric = await register.getSingleMetric('gateway_failed_operations_total')!.get();
  return metric.values
    .filter(({ labels }) => labels['code'] === code)
    .reduce((sum, { value }) => sum + value, 0);
}

const failing = (header: string, status = 200) =>
  door.upstream.answerWith((_seen, response) => {
    response
      .writeHead(status, { 'x-failed-operation': header, 'content-type': 'application/json' })
      .end('{}');
  });

describe('a failed operation', () => {
  it('of GraphQL is logged once and counted, though its status is 200; the header stays inside', async () => {
    failing('{"operation":"Mine","field":"me","codes":["UNAVAILABLE","NOT_FOUND"]}');
    const before = await counted('UNAVAILABLE');
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await door.post('/web/graphql', QUERY, {
      authorization: `Bearer ${await door.token({ claims: { sub: 'c7' } })}`,
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    });
    expect(answer.headers.get('x-failed-operation')).toBeNull();
    expect(lines).toEqual([
      expect.objectContaining({
        operation: 'Mine',
        field: 'me',
        code: 'UNAVAILABLE',
        codes: ['UNAVAILABLE', 'NOT_FOUND'],
        traceId,
        customerId: 'c7',
        ms: expect.any(Number),
      }),
    ]);
    expect(await counted('UNAVAILABLE')).toBe(before + 1);
  });

  it.each<[string, number, () => Promise<Response>, object]>([
    [
      'no token that is one',
      401,
      () => door.post('/web/graphql', QUERY, { authorization: 'Bearer a.b.c' }),
      { code: 'caravan.unauthenticated' },
    ],
    ['an unknown path', 404, () => door.fetch('/nothing'), { code: 'gateway.not-found', route: 'unknown' }],
    ['a body that is no JSON', 400, () => door.post('/web/graphql', '{'), { code: 'gateway.malformed' }],
    [
      'a wrong password',
      401,
      () => door.post('/v1/auth/login', { email: 'a', password: 'b' }),
      { code: UsersFailure.badCredentials, route: '/v1/auth/login' },
    ],
  ])('for %s (%i) is logged with the trace id of its answer', async (_why, status, ask, further) => {
    door.services.when(Login, new Failure(UsersFailure.badCredentials, 'no'));
    const answer = await ask();
    const { traceId } = (await answer.json()) as { traceId: string };
    expect(answer.status).toBe(status);
    expect(lines).toEqual([expect.objectContaining({ status, traceId, ...further })]);
  });

  it('that the gateway gives up is logged under its name', async () => {
    const hasty = await startDoor({ REQUEST_DEADLINE_MS: '100' });
    hasty.upstream.answerWith(() => undefined);
    const { traceId } = (await (await hasty.post('/web/graphql', QUERY)).json()) as { traceId: string };
    await hasty.stop();
    expect(lines).toEqual([
      expect.objectContaining({ operation: 'Mine', code: 'caravan.deadline-exceeded', status: 504, traceId }),
    ]);
  });

  it('that never became a request is logged as well, with the trace id of its answer', async () => {
    for (const bytes of [
      'hello\r\n\r\n',
      'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ]) {
      lines.splice(0);
      const { answer } = await door.raw(bytes);
      const told = JSON.parse(answer.slice(answer.indexOf('{'))) as Record<string, unknown>;
      const { traceId, code, status } = told;
      expect(lines).toEqual([expect.objectContaining({ traceId, code, status, route: 'unknown' })]);
    }
  });

  it('is none when the answer holds a refusal that the API foresaw', async () => {
    await door.post('/web/graphql', QUERY);
    expect(lines).toEqual([]);
  });

  it('is counted each time it occurs, however few of them are logged', async () => {
    const before = await counted('gateway.malformed');
    await Promise.all(Array.from({ length: 100 }, () => door.post('/web/graphql', '{')));
    expect(await counted('gateway.malformed')).toBe(before + 100);
  });
});
