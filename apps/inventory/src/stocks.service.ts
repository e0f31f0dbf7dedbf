import { Injectable, Logger } from '@nestjs/common';
import type { DataOf, Product, ReserveStock, Restock } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { ProductsRepository } from './products.repository.ts';
import { Reservation } from './reservation.ts';
import { RestockKeysRepository } from './restock-keys.repository.ts';
import { unknownSku } from './stock.errors.ts';
import { StocksRepository } from './stocks.repository.ts';

/** Any message about an order that may hold stock. */
type AboutOrder = Message<{ orderId: string }>;

const orderOf = (message: AboutOrder): string => message.data.orderId.toLowerCase();
const ordersOf = (messages: readonly AboutOrder[]): string[] => [...new Set(messages.map(orderOf))];

/** What each order asks for; of an order that asks twice, what it asked first. */
function askedBy(messages: readonly Message<DataOf<typeof ReserveStock>>[]): Map<string, Reservation> {
  const asked = new Map<string, Reservation>();
  for (const message of messages) {
    const orderId = orderOf(message);
    if (!asked.has(orderId)) asked.set(orderId, Reservation.asked(orderId, message.data.lines));
  }
  return asked;
}

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
    private readonly keys: RestockKeysRepository,
  ) {}

  /** Holds all lines of each order or none, in the order of arrival; an order that was answered before is answered the same. */
  reserve(messages: Message<DataOf<typeof ReserveStock>>[]): Promise<void> {
    return this.work.consume(
      messages,
      async (tx) => {
        const asked = askedBy(messages);
        const reservations = [...asked.values()];
        const [known, shelf] = await Promise.all([
          this.stocks.add(tx, reservations),
          this.stocks.lockShelf(tx, reservations),
        ]);
        return { asked, known, shelf };
      },
      async (fresh, tx, { asked, known, shelf }) => {
        const created = [...asked.values()].filter(({ orderId }) => !known.has(orderId));
        const refused = created.filter((reservation) => !reservation.hold(shelf));
        this.stocks.save(tx, shelf, refused);
        for (const message of fresh) {
          const orderId = orderOf(message);
          tx.reply(message, (known.get(orderId) ?? asked.get(orderId))?.answer() ?? {});
        }
      },
    );
  }

  /** Gives back what each order holds, reserved or sold, and leaves a mark so that it can hold nothing later. */
  release(messages: AboutOrder[]): Promise<void> {
    return this.work.consume(
      messages,
      (tx) => this.mark(tx, messages),
      async (fresh, tx, known) => {
        await this.takeBack(tx, fresh, known);
        for (const message of fresh) tx.reply(message, {});
      },
    );
  }

  /** The same for orders that are over. No answer is awaited, and the reservation remembers it (REMEMBERED_BY_ROWS). */
  over(messages: AboutOrder[]): Promise<void> {
    const work = async (tx: Tx) => this.takeBack(tx, messages, await this.mark(tx, messages));
    return this.work.run(work, { idempotent: true });
  }

  /** What was reserved for confirmed orders leaves the shop; the reservation remembers it (REMEMBERED_BY_ROWS). */
  sell(messages: AboutOrder[]): Promise<void> {
    const orderIds = ordersOf(messages);
    const work = async (tx: Tx): Promise<void> => {
      const known = await this.stocks.lockReservations(tx, orderIds);
      const reservations = [...known.values()];
      const shelf = await this.stocks.lockShelf(tx, reservations);
      this.stocks.save(
        tx,
        shelf,
        reservations.filter((reservation) => reservation.sell(shelf)),
      );
      for (const orderId of orderIds)
        if (!known.has(orderId)) this.log.warn(`order ${orderId} was confirmed but has never reserved stock`);
    };
    return this.work.run(work, { idempotent: true });
  }

  /** @throws Failure unknownSku, tooMuchStock, restockConflict */
  restock(asked: DataOf<typeof Restock>): Promise<Product> {
    const { sku, quantity, idempotencyKey: key, staffId } = asked;
    return this.work.run(async (tx) => {
      const before = key === undefined ? undefined : await this.keys.take(tx, key, asked);
      if (before) return before;
      const stock = await this.stocks.lockOne(tx, sku);
      // Read before the commit: what fails after it could not be answered as "nothing happened".
      const [product] = await this.products.bySkus([sku], tx);
      if (!stock || !product) throw unknownSku(sku);
      stock.restock(quantity);
      this.stocks.saveReceived(tx, stock);
      const reply = { ...product, available: stock.onHand };
      if (key !== undefined) this.keys.answered(tx, key, staffId, reply);
      return reply;
    });
  }

  private mark(tx: Tx, messages: AboutOrder[]): Promise<ReadonlyMap<string, Reservation>> {
    const released = (orderId: string) => new Reservation(orderId, 'RELEASED', []);
    return this.stocks.add(tx, ordersOf(messages).map(released));
  }

  private async takeBack(
    tx: Tx,
    messages: AboutOrder[],
    known: ReadonlyMap<string, Reservation>,
  ): Promise<void> {
    const reservations = ordersOf(messages).flatMap((orderId) => known.get(orderId) ?? []);
    const shelf = await this.stocks.lockShelf(tx, reservations);
    const released = reservations.filter((reservation) => reservation.release(shelf));
    this.stocks.save(tx, shelf, released);
  }
}
