import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '@caravan/platform';
import { OrdersRepository } from './orders.repository.ts';

/** A client that repeats itself does so within minutes; the promise is 24 hours. */
const KEEP = '7 days';
const FORGET_EVERY_MS = 600_000;
const AT_ONCE = 1_000;

/** Forgets the keys that nobody repeats any more. The same key is a new order from then on. */
@Injectable()
export class IdempotencyKeysService implements OnApplicationBootstrap {
  private readonly log = new Logger(IdempotencyKeysService.name);

  constructor(
    private readonly orders: OrdersRepository,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    let turn = this.forget();
    const timer = setInterval(() => {
      turn = turn.then(() => this.forget());
    }, FORGET_EVERY_MS);
    this.lifecycle.onDrain('intake', async () => {
      clearInterval(timer);
      await turn;
    });
  }

  private async forget(): Promise<void> {
    try {
      while ((await this.orders.forgetKeys(KEEP, AT_ONCE)) === AT_ONCE && !this.lifecycle.draining);
    } catch (error) {
      this.log.warn(`Old idempotency keys were not forgotten: ${(error as Error).message}`);
    }
  }
}
