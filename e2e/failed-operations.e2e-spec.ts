import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { guest, newCustomer } from './client.ts';
import { theSystem } from './system.ts';

/** Every line of every process's log that holds this. */
function loggedWith(text: string): Record<string, unknown>[] {
  const folder = join(theSystem().mailFolder, '../logs');
  return readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line.includes(text))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function failedWith(traceId: string): Promise<Record<string, unknown>[]> {
  return eventually(async () => {
    const lines = loggedWith(traceId).filter(({ msg }) => msg === 'operation failed');
    if (lines.length === 0) throw new Error(`nothing is logged of ${traceId}`);
    return lines;
  });
}

describe('An operation that failed', () => {
  it('is one line of the log, under the trace id that the client was told, with operation, code, ms and customer', async () => {
    const customer = await newCustomer();
    const query =
      'mutation GiveBack { cancelOrder(id: "01900000-0000-7000-8000-000000000000") { __typename } }';
    const { status, body } = await customer.askWeb(query);
    const { code, traceId } = body.errors![0]!.extensions;
    expect([status, code]).toEqual([200, 'NOT_FOUND']);
    expect(await failedWith(traceId)).toEqual([
      expect.objectContaining({
        operation: 'GiveBack',
        field: 'cancelOrder',
        code: 'NOT_FOUND',
        ms: expect.any(Number),
        customerId: customer.session.user.id,
      }),
    ]);
  });

  it('is one as well when it was refused at the gateway', async () => {
    const answer = await guest().post<{ traceId: string }>(
      '/web/graphql',
      { query: '{ me { id } }' },
      { authorization: 'Bearer a.b.c' },
    );
    expect(answer.status).toBe(401);
    expect(await failedWith(answer.body.traceId)).toEqual([
      expect.objectContaining({ code: 'caravan.unauthenticated', status: 401, route: '/web/graphql' }),
    ]);
  });

  it('is counted by route and code', async () => {
    await guest().askMobile('{ orders { next } }');
    const gateway = theSystem().processes.find(
      ({ name }) => name === 'gateway' || name === 'single-process',
    )!;
    const metrics = await fetch(`http://127.0.0.1:${gateway.managementPort!}/metrics`).then((each) =>
      each.text(),
    );
    expect(metrics).toMatch(
      /^gateway_failed_operations_total\{route="\/mobile\/graphql",code="UNAUTHENTICATED".*\} [1-9]/m,
    );
  });
});
