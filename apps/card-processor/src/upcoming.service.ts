import type { Item } from './agenda.ts';
import type { Books } from './books.ts';
import type { Clock } from './clock.ts';
import { openDispute } from './dispute.ts';
import type { Ids } from './ids.ts';
import { expireIntent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { paymentMethod } from './payment-method.ts';
import { Refused } from './processor.errors.ts';
import type { RecorderService } from './recorder.service.ts';
import { turnRefund } from './refund.ts';

const SWEEP_MS = 1_000;

/** Carries out what happens by itself at the processor: holds that end, refunds that turn, disputes. */
export class UpcomingService {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly books: Books,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly recorder: RecorderService,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    this.sweep();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Each item happens at its own time, however late it is looked at. */
  sweep(): void {
    for (const item of this.books.agenda.due(this.clock.seconds())) {
      const outcome = this.outcomeOf(item);
      if (outcome) this.recorder.record(outcome, { at: item.at });
    }
  }

  private outcomeOf({ kind, id, at }: Item): Outcome | undefined {
    if (kind === 'refund-turns') {
      const refund = this.books.refund(id)!;
      return turnRefund(this.books.intent(refund.intent)!, refund);
    }
    const intent = this.books.intent(id)!;
    if (kind === 'hold-ends') return expireIntent(intent, at);
    const reason = paymentMethod(intent.method ?? '')?.dispute ?? 'general';
    try {
      return openDispute(intent, { id: this.ids.next('dp'), created: at, reason });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Refunded meanwhile: nothing is left to dispute.
      const { disputeAt: _, ...calm } = intent;
      return { intent: calm };
    }
  }
}
