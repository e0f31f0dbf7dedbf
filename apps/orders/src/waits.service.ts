import { Injectable } from '@nestjs/common';
import type { Order } from './order.ts';
import { OrdersRepository } from './orders.repository.ts';

interface Wait {
  /** The order as it was when the waiting began. */
  readonly seen: Order;
  readonly until: (order: Order) => boolean;
  readonly resolve: (order: Order | undefined) => void;
}

/** Another replica may have brought the outcome about: the database is asked this often for all that is waited for. */
const LOOK_EVERY_MS = 150;

/** Lets callers wait for what becomes of an order, in this process or another. */
@Injectable()
export class WaitsService {
  private readonly waits = new Map<string, Set<Wait>>();
  private looking: NodeJS.Timeout | undefined;

  constructor(private readonly orders: OrdersRepository) {}

  /** @returns the order as soon as `until` holds, or as it last was when `ms` are over */
  async wait(order: Order, until: (order: Order) => boolean, ms: number): Promise<Order> {
    if (ms <= 0 || until(order)) return order;
    let wait: Wait;
    let timer: NodeJS.Timeout | undefined;
    const outcome = await new Promise<Order | undefined>((resolve) => {
      wait = { seen: order, until, resolve };
      timer = setTimeout(resolve, ms, undefined);
      this.waits.set(order.id, (this.waits.get(order.id) ?? new Set()).add(wait));
      this.looking ??= setTimeout(() => void this.look(), LOOK_EVERY_MS);
    });
    clearTimeout(timer);
    this.forget(order.id, wait!);
    return outcome ?? order;
  }

  /** Orders have changed. */
  tell(orders: readonly Order[]): void {
    for (const order of orders) {
      for (const wait of this.waits.get(order.id) ?? []) if (wait.until(order)) wait.resolve(order);
    }
  }

  private forget(id: string, wait: Wait): void {
    const waits = this.waits.get(id);
    waits?.delete(wait);
    if (waits?.size === 0) this.waits.delete(id);
  }

  private async look(): Promise<void> {
    const seen = [...this.waits.values()].flatMap((waits) => [...waits].map((wait) => wait.seen));
    // A database that is away is not this caller's news: he waits until his time is over.
    if (seen.length > 0) this.tell(await this.orders.findChanged(seen).catch(() => []));
    this.looking = this.waits.size > 0 ? setTimeout(() => void this.look(), LOOK_EVERY_MS) : undefined;
  }
}
