import { Inject, Injectable } from '@nestjs/common';
import { randomUUIDv7 as uuid } from 'node:crypto';
import {
  type DataOf,
  GetProducts,
  type Order as OrderData,
  type PlaceOrder,
  type PlaceOrderReply,
  type Product,
  ReleaseStock,
  OrderConfirmed,
  type TimelineEntry,
  type Whole,
} from '@caravan/contracts';
import { ALONE_AT_ONCE, atOnce, isOutage, type Message, MessageClient } from '@caravan/messaging';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { ALONE, currentContext, ENV, runInContext } from '@caravan/platform';
import { SagaRunner } from '@caravan/saga';
import { CancellationsService } from './cancellations.service.ts';
import { SAGA } from './checkout.saga.ts';
import { isRepeat } from './fingerprint.ts';
import { Order, type OrderRequest } from './order.ts';
import { CANCELLED } from './order.errors.ts';
import type { OrdersEnv } from './orders.env.ts';
import { toCheckout, toData, toFact } from './orders.mapping.ts';
import { OrdersRepository } from './orders.repository.ts';
import { WaitsService } from './waits.service.ts';

type PlaceOrderMessage = Message<DataOf<typeof PlaceOrder>>;
type Cancelled = { outcome: 'accepted' | 'not-cancellable'; order: OrderData } | { outcome: 'not-found' };

/** An order that is there, an answer without one, or why there is neither. */
type Accepted = Order | PlaceOrderReply | Error;

/** Longer than accepting takes when all is well: then the next batch gathers meanwhile, and batches stay large. */
const BATCH_WAITS_MS = 100;
/** Left of a caller's patience for the way back. */
const WAY_BACK_MS = 250;

/** What customers do with orders. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly waits: WaitsService,
    private readonly cancellations: CancellationsService,
    private readonly sagas: SagaRunner,
    private readonly work: UnitOfWork,
    private readonly services: MessageClient,
    @Inject(ENV) private readonly env: OrdersEnv,
  ) {}

  /**
   * Accepts a batch of orders in one transaction; each answer then waits for its own outcome. Known keys are answered at once, and the
   * batch does not wait for a catalogue that is slow or away, so that the next one may be answered meanwhile.
   */
  async place(requests: PlaceOrderMessage[]): Promise<(PlaceOrderReply | Promise<PlaceOrderReply>)[]> {
    const all = requests.map(({ data }) => data);
    const catalogue = this.catalogueOf(all);
    // Not needed when all keys are known.
    catalogue.catch(() => undefined);
    const known = byKey(await this.orders.findByKeys(all));
    const accepting = this.accept(
      requests.filter(({ data }) => !known.has(keyOf(data))),
      catalogue,
    );
    await settledWithin(accepting, BATCH_WAITS_MS);
    return requests.map((request) => {
      const order = known.get(keyOf(request.data));
      return order
        ? this.answer(request, order)
        : accepting.then((accepted) => this.answer(request, accepted.get(request)!));
    });
  }

  /** Cancels whatever is there to cancel; the answer waits until it is done. */
  async cancel(id: string, customerId: string, deadline?: number): Promise<Cancelled> {
    const [own] = await this.orders.find([id], customerId);
    if (!own) return { outcome: 'not-found' };
    const { order, begun } = (await this.work.run((tx) => this.cancellations.begin(tx, id, CANCELLED), {
      idempotent: true,
    }))!;
    if (begun === 'refund failed' || (!order.cancellable && order.status !== 'CANCELLED'))
      return { outcome: 'not-cancellable', order: toData(order) };
    const now = await this.waitFor(
      order,
      ({ status }) => status === 'CANCELLED' || status === 'REJECTED',
      deadline,
    );
    return { outcome: now.status === 'REJECTED' ? 'not-cancellable' : 'accepted', order: toData(now) };
  }

  async find(ids: readonly string[], customerId: string): Promise<OrderData[]> {
    return (await this.orders.find(ids, customerId)).map(toData);
  }

  statuses(ids: readonly string[]) {
    return this.orders.statuses(ids);
  }

  async list(
    page: Parameters<OrdersRepository['findPage']>[0],
  ): Promise<{ orders: OrderData[]; hasNextPage: boolean }> {
    const orders = await this.orders.findPage(page);
    return { orders: orders.slice(0, page.first).map(toData), hasNextPage: orders.length > page.first };
  }

  async timelines(orderIds: readonly string[], customerId: string) {
    const rows = await this.orders.timelines(orderIds, customerId);
    return orderIds.map((orderId) => ({
      orderId,
      entries: rows
        .filter((row) => row.orderId === orderId)
        .map(({ orderId: _order, at, ...entry }): Whole<TimelineEntry> => ({
          at: at.toISOString(),
          ...entry,
        })),
    }));
  }

  /** A reservation has outlived any checkout: its order's outcome is told once more, whatever was lost before. */
  async settleReservations(messages: Message<{ orderId: string }>[]): Promise<void> {
    await this.work.consume(messages, async (fresh, tx) => {
      const found = await this.orders.findIn(
        tx,
        fresh.map(({ data }) => data.orderId),
      );
      const orders = new Map(found.map((order) => [order.id, order]));
      for (const { data, traceparent } of fresh) {
        // What is said about an order has the order's trace, whoever reminded us of it.
        const order = orders.get(data.orderId);
        if (order?.status === 'CONFIRMED') tx.publish(OrderConfirmed, toFact(order), order);
        if (!order || order.status === 'REJECTED' || order.status === 'CANCELLED')
          tx.send(ReleaseStock, data, { traceparent: order?.traceparent ?? traceparent });
      }
    });
  }

  private async answer({ data, deadline }: PlaceOrderMessage, accepted: Accepted): Promise<PlaceOrderReply> {
    if (accepted instanceof Error) throw accepted;
    if (!(accepted instanceof Order)) return accepted;
    if (!isRepeat(accepted.fingerprint, data)) return { outcome: 'conflict' };
    const now = await this.waitFor(accepted, ({ final }) => final, deadline);
    return { outcome: 'placed', order: toData(now) };
  }

  /** Accepts new orders together; when one of them is to blame or in the way, each by itself. Never rejects. */
  private async accept(
    requests: PlaceOrderMessage[],
    asked: Promise<ReadonlyMap<string, Product>>,
  ): Promise<Map<PlaceOrderMessage, Accepted>> {
    try {
      return await this.acceptNew(requests, asked);
    } catch (error) {
      if (requests.length === 1 || isOutage(error))
        return new Map(requests.map((request) => [request, error as Error]));
      const alone = { ...currentContext(), limits: ALONE };
      const parts = await runInContext(alone, () =>
        atOnce(ALONE_AT_ONCE, requests, (request) => this.accept([request], asked)),
      );
      return new Map(parts.flatMap((part) => [...part]));
    }
  }

  private async acceptNew(
    requests: PlaceOrderMessage[],
    asked: Promise<ReadonlyMap<string, Product>>,
  ): Promise<Map<PlaceOrderMessage, Accepted>> {
    if (requests.length === 0) return new Map();
    const catalogue = await asked;
    const drafts = requests.map((request) => ({
      request,
      order: Order.accept(uuid(), request.data, catalogue, request.traceparent),
    }));
    const orders = drafts.flatMap(({ order }) => (order instanceof Order ? [order] : []));
    const stored = await this.work.run((tx) => this.store(tx, orders), { idempotent: true });
    return new Map(
      drafts.map(({ request, order }) => [
        request,
        order instanceof Order ? stored.get(keyOf(order))! : { outcome: 'invalid', issues: order },
      ]),
    );
  }

  /** @returns the order that is there under each key, stored now or before */
  private async store(tx: Tx, orders: Order[]): Promise<Map<string, Order>> {
    const created = await this.orders.insert(tx, orders);
    await this.sagas.start(
      tx,
      SAGA.checkout,
      created.map((order) => ({ id: order.id, data: toCheckout(order), traceparent: order.traceparent })),
    );
    const stored = byKey(created);
    // Lost the race for their key to another request, in this batch or on another replica: theirs is the order that is there.
    const beaten = orders.filter((order) => !stored.has(keyOf(order)));
    const there = beaten.length > 0 ? await this.orders.findByKeys(beaten, tx) : [];
    return new Map([...stored, ...byKey(there)]);
  }

  private async catalogueOf(requests: readonly OrderRequest[]): Promise<Map<string, Product>> {
    const skus = [...new Set(requests.flatMap((request) => request.lines.map((line) => line.sku)))];
    const { products } = await this.services.ask(GetProducts, { skus }, { reads: true });
    return new Map(products.map((product) => [product.sku, product]));
  }

  private waitFor(order: Order, until: (order: Order) => boolean, deadline = Infinity): Promise<Order> {
    return this.waits.wait(
      order,
      until,
      Math.min(this.env.ORDER_WAIT_MS, deadline - performance.now() - WAY_BACK_MS),
    );
  }
}

const keyOf = ({ customerId, idempotencyKey }: Pick<Order, 'customerId' | 'idempotencyKey'>) =>
  `${customerId} ${idempotencyKey}`;
const byKey = (orders: readonly Order[]) => new Map(orders.map((order) => [keyOf(order), order]));

async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
