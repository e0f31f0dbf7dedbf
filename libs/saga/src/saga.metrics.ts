import { Injectable } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { SagasRepository } from './sagas.repository.ts';

/** How many sagas are on their way and how many of them need somebody: the second is what an alarm is set on. */
@Injectable()
export class SagaMetrics {
  constructor(private readonly sagas: SagasRepository) {
    this.count('open', 'Sagas that are not at their end');
    this.count('stuck', 'Sagas of which a step fails again and again');
  }

  private count(what: 'open' | 'stuck', help: string): void {
    const { sagas } = this;
    const name = `sagas_${what}`;
    // A registry outlives a module in tests: a metric that is there already belongs to the module before.
    register.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      labelNames: ['type'],
      async collect() {
        // While the database is away nobody knows; the other metrics are told all the same.
        const counts = await sagas.counts().catch(() => []);
        this.reset();
        for (const each of counts) this.set({ type: each.type }, each[what]);
      },
    });
  }
}
