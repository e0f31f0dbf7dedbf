import type { Line } from '@caravan/contracts';
import { tooMuchStock } from './stock.errors.ts';

/** What an order asked for and could not have. */
export interface Shortage {
  sku: string;
  requested: number;
  available: number;
}

/** As many pieces of one sku as its counters are made to hold. */
export const MOST_PIECES = 1_000_000_000;

/** The pieces of one sku: every piece ever received is on hand, reserved or sold. */
export class Stock {
  constructor(
    readonly sku: string,
    /** Free to sell. */
    public onHand: number,
    public reserved: number,
    public sold: number,
    /** Initial and restocked. */
    public received: number,
  ) {}

  reserve(quantity: number): void {
    this.move(quantity, this.onHand);
    this.onHand -= quantity;
    this.reserved += quantity;
  }

  sell(quantity: number): void {
    this.move(quantity, this.reserved);
    this.reserved -= quantity;
    this.sold += quantity;
  }

  /** Gives reserved pieces back to the shelf. */
  release(quantity: number): void {
    this.move(quantity, this.reserved);
    this.reserved -= quantity;
    this.onHand += quantity;
  }

  /** Gives sold pieces back to the shelf. */
  takeBack(quantity: number): void {
    this.move(quantity, this.sold);
    this.sold -= quantity;
    this.onHand += quantity;
  }

  restock(quantity: number): void {
    if (this.received + quantity > MOST_PIECES) throw tooMuchStock(this.sku);
    this.received += quantity;
    this.onHand += quantity;
  }

  private move(quantity: number, from: number): void {
    if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > from)
      throw new Error(`${quantity} pieces of ${this.sku} cannot be moved, there are ${from}`);
  }
}

/** The stock that one batch of orders touches, decided on in memory while its rows are locked. */
export class Shelf {
  private readonly stocks: ReadonlyMap<string, Stock>;
  private readonly touched = new Set<Stock>();

  constructor(stocks: Iterable<Stock>) {
    this.stocks = new Map(Array.from(stocks, (stock) => [stock.sku, stock]));
  }

  /** Reserves all lines or none; tells what is missing. An unknown sku counts as nothing available. */
  reserve(lines: readonly Line[]): Shortage[] {
    const missing = lines
      .map(({ sku, quantity }) => ({
        sku,
        requested: quantity,
        available: this.stocks.get(sku)?.onHand ?? 0,
      }))
      .filter(({ requested, available }) => available < requested);
    if (missing.length === 0) this.each(lines, (stock, quantity) => stock.reserve(quantity));
    return missing;
  }

  sell(lines: readonly Line[]): void {
    this.each(lines, (stock, quantity) => stock.sell(quantity));
  }

  release(lines: readonly Line[]): void {
    this.each(lines, (stock, quantity) => stock.release(quantity));
  }

  takeBack(lines: readonly Line[]): void {
    this.each(lines, (stock, quantity) => stock.takeBack(quantity));
  }

  /** What has to be written back. */
  changed(): Stock[] {
    return [...this.touched];
  }

  private each(lines: readonly Line[], verb: (stock: Stock, quantity: number) => void): void {
    for (const { sku, quantity } of lines) {
      const stock = this.stocks.get(sku);
      if (!stock) throw new Error(`${sku} is held but has no stock`);
      verb(stock, quantity);
      this.touched.add(stock);
    }
  }
}
