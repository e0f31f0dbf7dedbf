import { Inject, Injectable } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { SagaCatalogue } from './saga.catalogue.ts';
import { SagasRepository } from './sagas.repository.ts';

type Counts = Awaited<ReturnType<SagasRepository['counts']>>;

/** How many sagas are open, how many of them need a person, and under which definitions they run. Alarms are set on the last two. */
@Injectable()
export class SagaMetrics {
  constructor(
    private readonly sagas: SagasRepository,
    @Inject(SagaCatalogue) private readonly catalogue: SagaCatalogue,
  ) {
    this.gauge('sagas_open', 'Sagas that are not at their end', ['type'], (counts, set) => {
      for (const [type, sum] of sums(counts, 'open')) set({ type }, sum);
    });
    this.gauge('sagas_stuck', 'Sagas of which a step fails again and again', ['type'], (counts, set) => {
      for (const [type, sum] of sums(counts, 'stuck')) set({ type }, sum);
    });
    const labels = ['type', 'definition'];
    this.gauge(
      'sagas_by_definition',
      'Open sagas by the definition they run under',
      labels,
      (counts, set) => {
        // A released definition without a saga is 0 and not absent: that is what its removal waits for.
        for (const { type, name: definition, removed } of this.catalogue.released)
          if (!removed) set({ type, definition }, 0);
        for (const { type, definition, open } of counts)
          set({ type, definition: this.catalogue.nameOf(definition) }, open);
      },
    );
    const unknown = 'Open sagas whose definition this release does not know; they wait for one that does';
    this.gauge('sagas_unknown_definition', unknown, labels, (counts, set) => {
      for (const { type, definition, open } of counts)
        if (!this.catalogue.find(definition))
          set({ type, definition: this.catalogue.nameOf(definition) }, open);
    });
  }

  private gauge(
    name: string,
    help: string,
    labelNames: string[],
    tell: (counts: Counts, set: (labels: Record<string, string>, value: number) => void) => void,
  ): void {
    const { sagas } = this;
    // A registry outlives a module in tests: a metric that is there already belongs to the module before.
    register.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      labelNames,
      async collect() {
        // While the database is away the numbers are not known; the other metrics are told all the same.
        const counts = await sagas.counts().catch(() => []);
        this.reset();
        tell(counts, (labels, value) => this.set(labels, value));
      },
    });
  }
}

function sums(counts: Counts, what: 'open' | 'stuck'): Map<string, number> {
  const byType = new Map<string, number>();
  for (const count of counts) byType.set(count.type, (byType.get(count.type) ?? 0) + count[what]);
  return byType;
}
