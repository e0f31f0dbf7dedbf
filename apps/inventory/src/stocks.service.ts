import { Injectable, Logger } from '@nestjs/common';
import type { DataOf, Product, ReleaseStock, ReserveStock } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { ProductsRepository } from './products.repository.ts';
import { Reservation } from './reservation.ts';
import { unknownSku } from './stock.errors.ts';
import { StocksRepository } from './stocks.repository.ts';

/** Any message about an order that may hold stock. */
type AboutOrder = Message<{ orderId: string }>;

const orderOf = (message: AboutOrder): string => message.data.orderId.toLowerCase();

/**
 * Stock in and out. Every transaction locks in the same order, reservations by order and then stock by sku,
 * decides in memory and writes back what changed: a few statements whatever the size of the batch.
 */
@Injectable()
export class StocksService {
  private readonly log = new Logger(StocksService.name);

  constructor(
    private readonly work: UnitOfWork,
    private readonly stocks: StocksRepository,
    private readonly products: ProductsRepository,
  ) {}

  /** Holds all lines of each order or none, in the order of arrival; an order that was answered before is answered the same. */
  reserve(messages: Message<DataOf<typeof ReserveStock>>[]): Promise<void> {
    return this.work.consume(messages, async (fresh, tx) => {
      const asked = new Map<string, Reservation>();
      for (const message of fresh) {
        const orderId = orderOf(message);
        if (!asked.has(orderId)) asked.set(orderId, Reservation.asked(orderId, message.data.lines));
      }
      const created = await this.stocks.create(tx, [...asked.values()]);
      const known = await this.stocks.lockReservations(
        tx,
        [...asked.keys()].filter((orderId) => !created.has(orderId)),
      );
      const reservations = [...asked.values()].filter(({ orderId }) => created.has(orderId));
      const shelf = await this.stocks.lockShelf(tx, reservations);
      const refused = reservations.filter((reservation) => !reservation.hold(shelf));
      this.stocks.save(tx, shelf, refused);
      for (const message of fresh) {
        const reservation = known.get(orderOf(message)) ?? asked.get(orderOf(message));
        tx.reply(message, reservation?.answer() ?? {});
      }
    });
  }

  /** Gives back what each order holds, reserved or sold, and leaves a mark so that it can hold nothing later. */
  release(messages: Message<DataOf<typeof ReleaseStock>>[]): Promise<void> {
    return this.work.consume(messages, async (fresh, tx) => {
      const orderIds = [...new Set(fresh.map(orderOf))];
      const marks = orderIds.map((orderId) => new Reservation(orderId, 'RELEASED', []));
      const marked = await this.stocks.create(tx, marks);
      const known = await this.stocks.lockReservations(
        tx,
        orderIds.filter((orderId) => !marked.has(orderId)),
      );
      const shelf = await this.stocks.lockShelf(tx, [...known.values()]);
      const released = [...known.values()].filter((reservation) => reservation.release(shelf));
      this.stocks.save(tx, shelf, released);
      for (const message of fresh) tx.reply(message, {});
    });
  }

  /** What was reserved for confirmed orders leaves the shop. */
  sell(messages: AboutOrder[]): Promise<void> {
    return this.work.consume(messages, async (fresh, tx) => {
      const orderIds = [...new Set(fresh.map(orderOf))];
      const known = await this.stocks.lockReservations(tx, orderIds);
      const shelf = await this.stocks.lockShelf(tx, [...known.values()]);
      const sold = [...known.values()].filter((reservation) => reservation.sell(shelf));
      this.stocks.save(tx, shelf, sold);
      for (const orderId of orderIds)
        if (!known.has(orderId)) this.log.warn(`order ${orderId} was confirmed but has never reserved stock`);
    });
  }

  /** @throws Failure unknownSku, tooMuchStock */
  async restock(sku: string, quantity: number): Promise<Product> {
    const available = await this.work.run(async (tx) => {
      const stock = await this.stocks.lockOne(tx, sku);
      if (!stock) throw unknownSku(sku);
      stock.restock(quantity);
      this.stocks.saveReceived(tx, stock);
      return stock.onHand;
    });
    const [product] = await this.products.bySkus([sku]);
    if (!product) throw unknownSku(sku);
    return { ...product, available };
  }
}
