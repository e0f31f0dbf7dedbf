import { describe, expect, it } from '@jest/globals';
import { guest, type Problem } from './client.ts';
import { TEXT, TRACE_ID } from './shapes.ts';
import { hasBroker, theSystem } from './system.ts';

const SERVICES = ['users', 'orders', 'payments', 'inventory', 'notifications'];
const DOORS = ['gateway', 'bff-web', 'bff-mobile'];

const processOf = (name: string) => theSystem().processes.find((process) => process.name === name)!;

(hasBroker() ? describe : describe.skip)('Every process', () => {
  it('runs on its own, and only the doors have a port of their own', () => {
    for (const name of [...DOORS, ...SERVICES]) expect(processOf(name)).toMatchObject({ state: 'ready' });
    const pids = theSystem().processes.map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(pids.length);
    expect(SERVICES.map((name) => processOf(name).port)).toEqual(SERVICES.map(() => null));
    for (const name of DOORS) expect(processOf(name).port).toBeGreaterThan(0);
  });

  it.each([...DOORS, ...SERVICES])('%s tells its health and its numbers', async (name) => {
    const management = `http://127.0.0.1:${processOf(name).managementPort}`;
    for (const kind of ['live', 'ready', 'startup']) {
      const response = await fetch(`${management}/health/${kind}`);
      expect([kind, response.status]).toEqual([kind, 200]);
      expect(await response.json()).toMatchObject({ status: 'ok' });
    }
    const metrics = await fetch(`${management}/metrics`);
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    const numbers = (await metrics.text()).split('\n').map((line) => line.split(/[{ ]/)[0]);
    expect(numbers).toContain('process_cpu_seconds_total');
  });
});

describe('The gateway', () => {
  it('answers everything with a request id', async () => {
    const paths = ['/', '/.well-known/jwks.json', '/nothing-here'];
    for (const path of paths) expect((await guest().get(path)).headers.get('x-request-id')).toBeTruthy();
    const graphql = await guest().askWeb('{ products { totalCount } }', {}, { 'x-request-id': 'mine-1' });
    expect(graphql.headers.get('x-request-id')).toBe('mine-1');
  });

  it('tells errors as problems, under the trace they came with', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const answer = await guest().get<Problem>('/nothing-here?x=1', { traceparent });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: TEXT,
      title: 'Not Found',
      status: 404,
      detail: TEXT,
      instance: '/nothing-here',
      code: TEXT,
      traceId,
    });
  });

  it('refuses unsigned notices from the card processor', async () => {
    const { status, body } = await guest().post<Problem>('/v1/webhooks/payments', { id: 'evt_1' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).toMatchObject({ status, traceId: TRACE_ID });
  });

  it('has one plain page with links, and an offline IDE for each API', async () => {
    const page = await guest().get<string>('/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.body).toContain('/web/graphiql');
    for (const path of ['/web/graphiql', '/mobile/graphiql']) {
      const ide = await guest().get<string>(path);
      expect([ide.status, ide.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^text\/html/),
      ]);
      expect(ide.body).not.toMatch(/(src|href)="https?:\/\/(?!127\.0\.0\.1)/);
    }
  });

  it.each(['/m', '/ops', '/no/such/route'])('answers 404 for %s, which is not there (yet)', async (path) => {
    expect((await guest().get(path)).status).toBe(404);
  });

  it.each(['/web/graphql', '/mobile/graphql'])('has no subscriptions yet at %s', async (path) => {
    const { status } = await guest().get(`${path}?query={__typename}`, { accept: 'text/event-stream' });
    expect(status).toBe(404);
  });
});
