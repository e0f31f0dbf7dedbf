import { afterAll, beforeAll, it } from '@jest/globals';
import { Restock } from '@caravan/contracts';
import { promisesNoMoreThanItKnows, startTestService, type TestService } from '@caravan/testing';
import { type Proxy, through } from '../../../chaos/tools/proxy.ts';
import { inventoryEnv } from '../src/inventory.env.ts';
import { InventoryModule } from '../src/inventory.module.ts';

let inventory: TestService;
let database: Proxy;

beforeAll(async () => {
  inventory = await startTestService(InventoryModule, inventoryEnv, async ({ DATABASE_URL }) => {
    const { proxy, url } = await through(DATABASE_URL!);
    database = proxy;
    return { DATABASE_URL: url, DEMO_DATA: 'true' };
  });
});
afterAll(async () => {
  await inventory?.stop();
  await database?.close();
});

it('restock says that nothing has happened only when nothing has', async () => {
  const sku = 'TOY-YOYO-BERR';
  const received = async () =>
    (await inventory.database.query('SELECT received FROM stock WHERE sku = $1', [sku])).rows;
  await promisesNoMoreThanItKnows(
    database,
    () => inventory.ask(Restock, { sku, quantity: 1 }, 5_000),
    received,
  );
}, 60_000);
