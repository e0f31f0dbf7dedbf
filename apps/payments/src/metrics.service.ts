import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, register } from 'prom-client';
import type { Heard } from './hearing.ts';
import type { Outcome } from './outcome.ts';
import type { Operation } from './payment-state.ts';
import { PaymentsRepository, type Troubled } from './payments.repository.ts';

@Injectable()
export class MetricsService {
  private readonly operations: Counter<'operation' | 'outcome'>;
  private readonly seconds: Histogram<'operation'>;
  private readonly mistakes: Counter<'operation'>;
  private readonly notices: Counter<'outcome'>;
  private readonly changes: Counter<'what'>;

  constructor(payments: PaymentsRepository) {
    // A registry outlives a module in tests: a metric that is there already belongs to the module before.
    for (const name of Object.values(NAME)) register.removeSingleMetric(name);
    this.operations = new Counter({
      name: NAME.operations,
      help: 'Operations at the card processor by what they came to',
      labelNames: ['operation', 'outcome'],
    });
    this.seconds = new Histogram({
      name: NAME.seconds,
      help: 'How long the card processor took',
      labelNames: ['operation'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });
    this.mistakes = new Counter({
      name: NAME.mistakes,
      help: 'Requests that the card processor refused for a mistake of this service or its settings',
      labelNames: ['operation'],
    });
    this.notices = new Counter({
      name: NAME.notices,
      help: 'Signed notices of the card processor by what they came to',
      labelNames: ['outcome'],
    });
    this.changes = new Counter({
      name: NAME.changes,
      help: 'Changes of money that the shop did not ask for: at the processor, by a bank',
      labelNames: ['what'],
    });
    const gauge = (name: string, help: string, of: keyof Troubled) =>
      new Gauge({
        name,
        help,
        async collect() {
          // While the database is away nobody knows; the other metrics are told all the same.
          this.set((await payments.troubled().catch(() => undefined))?.[of] ?? NaN);
        },
      });
    gauge(NAME.unknown, 'Payments whose outcome is not known', 'unknown');
    gauge(NAME.oldest, 'Age of the oldest unknown payment in seconds', 'oldest');
    gauge(NAME.stuck, 'Payments of which an operation fails again and again', 'stuck');
    gauge(NAME.disputed, 'Payments with an open dispute', 'disputed');
  }

  observe(operation: Operation, outcome: Outcome, ms: number): void {
    this.operations.inc({ operation, outcome: outcome.kind });
    this.seconds.observe({ operation }, ms / 1000);
  }

  observeOwnMistake(operation: Operation): void {
    this.mistakes.inc({ operation });
  }

  observeNotice(outcome: Heard | 'ignored' | 'repeated'): void {
    this.notices.inc({ outcome });
  }

  observeChange(what: string): void {
    this.changes.inc({ what });
  }
}

const NAME = {
  operations: 'payments_operations_total',
  seconds: 'payments_processor_seconds',
  unknown: 'payments_unknown',
  oldest: 'payments_unknown_oldest_seconds',
  stuck: 'payments_stuck',
  disputed: 'payments_disputed',
  mistakes: 'payments_own_mistakes_total',
  notices: 'payments_notices_total',
  changes: 'payments_changes_total',
};
