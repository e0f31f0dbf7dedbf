import { Injectable } from '@nestjs/common';
import { Counter, register } from 'prom-client';
import type { NotificationKind } from './notification.ts';

const NAME = {
  undeliverable: 'notifications_undeliverable_total',
  superseded: 'notifications_superseded_total',
};

@Injectable()
export class MetricsService {
  private readonly undeliverable: Counter<'kind'>;
  private readonly superseded: Counter<'kind'>;

  constructor() {
    // A registry outlives a module in tests: a metric that is there already belongs to the module before.
    for (const name of Object.values(NAME)) register.removeSingleMetric(name);
    const counter = (name: string, help: string) =>
      new Counter({ name, help, labelNames: ['kind'] as const });
    this.undeliverable = counter(NAME.undeliverable, 'Mails given up for good');
    this.superseded = counter(
      NAME.superseded,
      'Mails not sent because newer news of the order made them untrue',
    );
  }

  count(what: keyof typeof NAME, kind: NotificationKind, mails = 1): void {
    this[what].inc({ kind: kind.toLowerCase() }, mails);
  }
}
