import {
  GetCustomers,
  GetOrders,
  GetPayments,
  GetProducts,
  GetTimelines,
  id,
  sku,
  type Customer,
  type Order,
  type Payment,
  type Product,
  type TimelineEntry,
} from '@caravan/contracts';
import type { MessageClient } from '@caravan/messaging';
import DataLoader from 'dataloader';
import { read } from './read.ts';

const BATCH = 500;

/**
 * What one request asks of the services, each kind in one question a turn. An unknown key loads as null (a timeline as
 * no entries); a key that cannot exist is not asked for. Belongs to one request: what it remembers is one caller's.
 */
export class Loaders {
  private readonly made = new Map<string, unknown>();

  constructor(
    private readonly client: MessageClient,
    private readonly customerId: () => string,
  ) {}

  /** By sku. */
  get products(): DataLoader<string, Product | null> {
    return this.loader('products', async (skus) => {
      const known = skus.filter((key) => sku.safeParse(key).success);
      if (known.length === 0) return new Map();
      const { products } = await read(this.client, GetProducts, { skus: known });
      return new Map(products.map((product) => [product.sku, product]));
    });
  }

  /** The caller's own, by id. */
  get orders(): DataLoader<string, Order | null> {
    return this.loader('orders', async (ids) => {
      const known = ids.filter((key) => id.safeParse(key).success);
      if (known.length === 0) return new Map();
      const { orders } = await read(this.client, GetOrders, { customerId: this.customerId(), ids: known });
      return new Map(orders.map((order) => [order.id, order]));
    });
  }

  /** By the order's id; to be asked for the caller's own orders only. */
  get payments(): DataLoader<string, Payment | null> {
    return this.loader('payments', async (orderIds) => {
      const { payments } = await read(this.client, GetPayments, { orderIds });
      return new Map(payments.map((payment) => [payment.orderId, payment]));
    });
  }

  /** By the order's id, oldest entry first. */
  get timelines(): DataLoader<string, TimelineEntry[] | null> {
    return this.loader('timelines', async (orderIds) => {
      const asked = { customerId: this.customerId(), orderIds };
      const { timelines } = await read(this.client, GetTimelines, asked);
      return new Map(timelines.map((timeline) => [timeline.orderId, timeline.entries]));
    });
  }

  /** By id. */
  get customers(): DataLoader<string, Customer | null> {
    return this.loader('customers', async (ids) => {
      const { customers } = await read(this.client, GetCustomers, { ids });
      return new Map(customers.map((customer) => [customer.id, customer]));
    });
  }

  private loader<V>(
    kind: string,
    load: (keys: string[]) => Promise<Map<string, V>>,
  ): DataLoader<string, V | null> {
    const known = this.made.get(kind);
    if (known) return known as DataLoader<string, V | null>;
    const loader = new DataLoader<string, V | null>(
      async (keys) => {
        const found = await load([...keys]);
        return keys.map((key) => found.get(key) ?? null);
      },
      { maxBatchSize: BATCH },
    );
    this.made.set(kind, loader);
    return loader;
  }
}
