import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, register } from 'prom-client';
import type { Outcome } from './outcome.ts';
import type { Operation } from './payment.ts';
import { PaymentsRepository } from './payments.repository.ts';

@Injectable()
export class MetricsService {
  private readonly operations: Counter<'operation' | 'outcome'>;
  private readonly seconds: Histogram<'operation'>;

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
    const gauge = (name: string, help: string, of: 'unknown' | 'oldest' | 'stuck') =>
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
  }

  observe(operation: Operation, outcome: Outcome, ms: number): void {
    this.operations.inc({ operation, outcome: outcome.kind });
    this.seconds.observe({ operation }, ms / 1000);
  }
}

const NAME = {
  operations: 'payments_operations_total',
  seconds: 'payments_processor_seconds',
  unknown: 'payments_unknown',
  oldest: 'payments_unknown_oldest_seconds',
  stuck: 'payments_stuck',
};
