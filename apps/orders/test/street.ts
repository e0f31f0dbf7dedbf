import { randomUUIDv7 as uuid } from 'node:crypto';
import { type DataOf, GetOrders, GetProducts, PlaceOrder, unavailable } from '@caravan/contracts';
import type { WireMessage } from '@caravan/messaging';
import { type RunningService, runService } from '@caravan/platform';
import { eventually, Neighbour, startTestService, type TestService } from '@caravan/testing';
import { ordersEnv } from '../src/orders.env.ts';
import { OrdersModule } from '../src/orders.module.ts';

export const REFUSAL = {
  code: 'payments.declined',
  message: 'The card was declined.',
  details: { code: 'generic_decline' },
};

/** Whether a message is about this order; poison is about none. */
export const of = (id: string) => (message: WireMessage) =>
  (message.data as { orderId?: string } | undefined)?.orderId === id;

export const wish = (change: Partial<DataOf<typeof PlaceOrder>> = {}): DataOf<typeof PlaceOrder> => ({
  customerId: uuid(),
  idempotencyKey: uuid(),
  lines: [{ sku: 'A', quantity: 2 }],
  paymentMethod: 'pm_card_visa',
  shippingAddress: { name: 'Ada', line1: 'Street 1', city: 'London', postalCode: 'SW1', country: 'GB' },
  ...change,
});

/** `JPY:1490` costs 1490 yen; what says no price costs €5.00. */
function product(sku: string) {
  const [, currency = 'EUR', priceMinor = '500'] = /^([A-Z]{3}):(\d+)/.exec(sku) ?? [];
  const texts = { name: sku, description: '', category: '', imageUrl: '' };
  return { sku, ...texts, priceMinor: Number(priceMinor), currency, available: 9 };
}

/** The orders service between an inventory and payments that do as they are told. Every sku but `NONE` is sold; who asks for `AWAY` finds nobody. */
export class Street {
  private constructor(
    readonly test: TestService,
    readonly inventory: Neighbour,
    readonly payments: Neighbour,
    private readonly servers: Record<string, string>,
  ) {}

  /** @param between puts something between the service and its database */
  static async open(
    settings: Record<string, string> = {},
    between: (databaseUrl: string) => Promise<string> = async (url) => url,
  ): Promise<Street> {
    let servers: Record<string, string> = {};
    const test = await startTestService(OrdersModule, ordersEnv, async (given) => {
      servers = { ...given, DATABASE_URL: await between(given['DATABASE_URL']!) };
      return { ORDER_WAIT_MS: '3000', ...settings, ...servers };
    });
    const inventory = await Neighbour.start('inventory', test.brokerUrl, {
      [GetProducts.type]: ({ skus }: DataOf<typeof GetProducts>) =>
        skus.includes('AWAY')
          ? unavailable('inventory')
          : { products: skus.filter((sku) => sku !== 'NONE').map(product) },
    });
    return new Street(test, inventory, await Neighbour.start('payments', test.brokerUrl), servers);
  }

  /** One more process of orders, on the same queues and database. */
  replica(): Promise<RunningService> {
    const source = { NODE_ENV: 'test', LOG_LEVEL: 'fatal', ORDER_WAIT_MS: '3000', ...this.servers };
    return runService(OrdersModule, ordersEnv, { source });
  }

  /** As if the time of what it waits for were over. */
  async hurry(...ids: string[]): Promise<void> {
    await this.test.database.query(
      'UPDATE saga SET due_at = now(), look_at = now() WHERE id = ANY($1) AND due_at IS NOT NULL',
      [ids],
    );
  }

  /** Everybody does again what he is told. */
  calm(): void {
    this.inventory.behave = () => 'done';
    this.payments.behave = () => 'done';
  }

  async close(): Promise<void> {
    await this.inventory.stop();
    await this.payments.stop();
    await this.test.stop();
  }

  async place(change: Partial<DataOf<typeof PlaceOrder>> = {}) {
    const reply = await this.test.ask(PlaceOrder, wish(change));
    if (reply.outcome !== 'placed') throw new Error(`not placed: ${JSON.stringify(reply)}`);
    return reply.order;
  }

  async orderNow({ id, customerId }: { id: string; customerId: string }) {
    return (await this.test.ask(GetOrders, { customerId, ids: [id] })).orders[0]!;
  }

  /** Waits until the order's checkout or cancellation stands as wanted. */
  async saga(id: string, type: string, wanted: object): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.test.database.query<Record<string, unknown>>(
        'SELECT state, stuck, ask IS NULL AS paused FROM saga WHERE id = $1 AND type = $2',
        [id, type],
      );
      const other = Object.entries(wanted).filter(([name, value]) => rows[0]?.[name] !== value);
      if (other.length > 0) throw new Error(`The ${type} is ${JSON.stringify(rows[0])}`);
    });
  }
}
