import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '@caravan/platform';
import { OperationsService } from './operations.service.ts';
import { PaymentsRepository } from './payments.repository.ts';

const CLAIM = 64;
/** While the processor answers nothing, so many as the budget allows are tried now and then: enough to notice that it is back. */
const PROBE_MS = 1000;
const ILL_AFTER = 8;
/** Kicks come from this process; the poll finds what other replicas have left behind. */
const POLL_MS = 2000;
const FORGET_MS = 3_600_000;

/**
 * Settles what is open without anybody calling for it: unknown outcomes, commands that waited for one, and payments
 * whose process died. Any number of replicas may run it; a claim is a lease by the database's clock.
 */
@Injectable()
export class SettlementsService implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;
  private working: Promise<void> | undefined;
  private forgetAt = 0;
  private readonly log = new Logger(SettlementsService.name);

  constructor(
    private readonly payments: PaymentsRepository,
    private readonly operations: OperationsService,
    private readonly lifecycle: Lifecycle,
  ) {
    operations.onDue = (ms) => this.kick(ms);
    lifecycle.onDrain('intake', async () => {
      clearTimeout(this.timer);
      await this.working;
    });
  }

  onApplicationBootstrap(): void {
    this.kick(POLL_MS);
  }

  /** Looks for what is due in `ms`, or sooner if it was going to anyway. */
  kick(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.wakeAt || this.lifecycle.draining) return;
    this.wakeAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.wake(), ms + 1).unref();
  }

  private async wake(): Promise<void> {
    this.wakeAt = Infinity;
    if (this.working) return this.kick(10);
    let next = POLL_MS;
    this.working = this.work().then(
      (ms) => void (next = ms),
      (error: unknown) => this.log.error(error),
    );
    await this.working;
    this.working = undefined;
    this.kick(Math.min(next, POLL_MS));
  }

  /** Takes on what is due; answers with the ms until more is. */
  private async work(): Promise<number> {
    await this.operations.room();
    const ill = this.operations.troubles >= ILL_AFTER;
    const limit = ill ? this.operations.retries.spend() : CLAIM;
    const claimed = limit > 0 ? await this.payments.claim(limit, this.operations.leaseMs) : [];
    this.operations.pursue(claimed, true);
    if (performance.now() > this.forgetAt) {
      const more = await this.payments.forget();
      this.forgetAt = performance.now() + (more ? 0 : FORGET_MS);
    }
    return Math.max(ill ? PROBE_MS : 0, await this.payments.dueInMs());
  }
}
