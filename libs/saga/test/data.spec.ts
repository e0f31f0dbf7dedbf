import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment } from '@caravan/contracts';
import { UnitOfWork } from '@caravan/outbox';
import { newTraceparent } from '@caravan/platform';
import { SagaRunner } from '@caravan/saga';
import { eventually, Neighbour, startTestService, type TestService } from '@caravan/testing';
import { older, release, tripsEnv, v1 } from './trips.ts';

let test: TestService;
const neighbours: Neighbour[] = [];

beforeAll(async () => {
  test = await startTestService(release(older, [v1]), tripsEnv);
  const inventory = await Neighbour.start('inventory', test.brokerUrl);
  inventory.behave = () => ({ tells: { amountMinor: 900 } });
  neighbours.push(inventory, await Neighbour.start('payments', test.brokerUrl));
});
afterAll(async () => {
  for (const neighbour of neighbours) await neighbour.stop();
  await test?.stop();
});

it('what an answer tells is kept, and so is everything else, through the steps that tell nothing', async () => {
  const id = uuid();
  const lines = [{ sku: 'A', quantity: 2 }];
  const data = { orderId: id, lines, amountMinor: 1000, currency: 'EUR', paymentMethod: 'pm_card_visa' };
  const runner = test.service.app.get(SagaRunner, { strict: false });
  const work = test.service.app.get(UnitOfWork, { strict: false });
  await work.run((tx) => runner.start(tx, 'trip', [{ id, data, traceparent: newTraceparent() }]));
  await eventually(async () => {
    const { rows } = await test.database.query('SELECT state, data FROM saga WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'completed', data: { ...data, amountMinor: 900 } }]);
  });
  expect(test.said(AuthorizePayment)).toMatchObject([{ orderId: id, amountMinor: 900 }]);
});
