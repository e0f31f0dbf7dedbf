import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { CancelOrder, PlaceOrder, RetrySaga, RollBackOrder } from '@caravan/contracts';
import { promisesNoMoreThanItKnows } from '@caravan/testing';
import { type Proxy, through } from '../../../chaos/tools/proxy.ts';
import { Street, wish } from './street.ts';

const customerId = uuid();
let street: Street;
let database: Proxy;

beforeAll(async () => {
  street = await Street.open({ ORDER_WAIT_MS: '100' }, async (databaseUrl) => {
    const { proxy, url } = await through(databaseUrl);
    database = proxy;
    return url;
  });
  // Every checkout stays at its first step.
  street.inventory.behave = () => 'silent';
});
afterAll(async () => {
  await street?.close();
  await database?.close();
});

const count = (sql: string) => async () => (await street.test.database.query(sql)).rows;
const placed = (many: number) =>
  Promise.all(Array.from({ length: many }, async () => (await street.place({ customerId })).id));

describe('says that nothing has happened only when nothing has:', () => {
  it('placing an order', async () => {
    const orders = count('SELECT count(*) FROM orders');
    await promisesNoMoreThanItKnows(database, () => street.test.ask(PlaceOrder, wish(), 5_000), orders);
  }, 90_000);

  it('cancelling an order', async () => {
    const ids = await placed(30);
    const cancelled = count(`SELECT count(*) FROM saga_timeline WHERE outcome = 'cancelled'`);
    const cancel = () => street.test.ask(CancelOrder, { customerId, id: ids.pop()! }, 5_000);
    await promisesNoMoreThanItKnows(database, cancel, cancelled);
  }, 90_000);

  it.each([
    ['taking up', RetrySaga],
    ['rolling back', RollBackOrder],
  ] as const)(
    'an operator, %s',
    async (_, contract) => {
      const ids = await placed(30);
      const actions = count('SELECT count(*) FROM operator_action');
      const act = () => street.test.ask(contract, { order: ids.pop()!, by: 'ada', reason: 'a test' }, 5_000);
      await promisesNoMoreThanItKnows(database, act, actions);
    },
    90_000,
  );
});
