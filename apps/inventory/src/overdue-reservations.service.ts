import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ReservationOverdue } from '@caravan/contracts';
import { UnitOfWork } from '@caravan/outbox';
import { ENV, Lifecycle } from '@caravan/platform';
import type { InventoryEnv } from './inventory.env.ts';
import { StocksRepository } from './stocks.repository.ts';

const SWEEP_EVERY_MS = 10_000;
/** Rarely again: while the broker is away, reminders only pile up. */
const AGAIN_AFTER_MS = 300_000;
const AT_ONCE = 500;

/** Reminds whoever owns an order of stock that it has held for too long; a reservation must not outlive its order. */
@Injectable()
export class OverdueReservationsService implements OnApplicationBootstrap {
  private readonly log = new Logger(OverdueReservationsService.name);
  private sweeping: Promise<number> | undefined;

  constructor(
    private readonly work: UnitOfWork,
    private readonly stocks: StocksRepository,
    private readonly lifecycle: Lifecycle,
    @Inject(ENV) private readonly env: InventoryEnv,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.log.error('overdue reservations were not looked at', error),
      );
    }, SWEEP_EVERY_MS);
    this.lifecycle.onDrain('intake', async () => {
      clearInterval(timer);
      await this.sweeping?.catch(() => undefined);
    });
  }

  /** Says `reservation.overdue` for each overdue order, each at most once in five minutes. Answers how many. */
  sweep(): Promise<number> {
    this.sweeping ??= this.sweepAll().finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepAll(): Promise<number> {
    let said = 0;
    for (let found = AT_ONCE; found === AT_ONCE && !this.lifecycle.draining; said += found) {
      found = await this.sweepSome();
    }
    if (said > 0) this.log.warn(`${said} reservations are overdue`);
    return said;
  }

  private sweepSome(): Promise<number> {
    return this.work.run(async (tx) => {
      const overdueAfter = this.env.RESERVATION_OVERDUE_AFTER;
      const orderIds = await this.stocks.markOverdue(tx, overdueAfter, AGAIN_AFTER_MS, AT_ONCE);
      for (const orderId of orderIds) tx.publish(ReservationOverdue, { orderId });
      return orderIds.length;
    });
  }
}
