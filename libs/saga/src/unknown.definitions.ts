import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SagaCatalogue } from './saga.catalogue.ts';
import { SagasRepository } from './sagas.repository.ts';

const LOOK_EVERY_MS = 10_000;
/** An operator who has read the alarm does not need it every ten seconds. */
const ALARM_EVERY_MS = 600_000;

/**
 * Sagas whose definition this release does not know wait for a release that does. This tells of those that should have gone on a
 * minute ago, and keeps a service from starting whose release has taken out a definition that open sagas still run under.
 */
@Injectable()
export class UnknownDefinitions implements OnApplicationBootstrap {
  private readonly log = new Logger('Sagas');
  private lookedAt = -Infinity;
  private readonly alarmedAt = new Map<string, number>();

  constructor(
    private readonly sagas: SagasRepository,
    @Inject(SagaCatalogue) private readonly catalogue: SagaCatalogue,
  ) {}

  /** @throws when open sagas run under a definition that was taken out */
  async onApplicationBootstrap(): Promise<void> {
    const removed = this.catalogue.released.filter(
      (past) => past.removed && !this.catalogue.find(past.fingerprint),
    );
    if (removed.length === 0) return;
    const counts = await this.sagas.counts();
    for (const { name, type, fingerprint } of removed) {
      const open = counts.find((count) => count.type === type && count.definition === fingerprint)?.open ?? 0;
      if (open > 0)
        throw new Error(
          `${open} open saga(s) run under ${name}, which this release has taken out. Start the release before it until ` +
            `"npm run saga -- list --definition ${name}" is empty, or bring ${name} back into the released definitions.`,
        );
    }
  }

  /** Raises the alarm; looks at most every ten seconds, and repeats an alarm every ten minutes. */
  async look(): Promise<void> {
    const now = performance.now();
    if (now - this.lookedAt < LOOK_EVERY_MS) return;
    this.lookedAt = now;
    const waiting = new Map<string, number>();
    const add = (definition: string, type: string, n: number) => {
      if (n === 0 || this.catalogue.find(definition)) return;
      const key = `${type} ${definition}`;
      waiting.set(key, (waiting.get(key) ?? 0) + n);
    };
    for (const { type, definition, overdue } of await this.sagas.counts()) add(definition, type, overdue);
    for (const { type, definition, held } of await this.sagas.heldLong()) add(definition, type, held);
    for (const [key, n] of waiting) {
      if (now - (this.alarmedAt.get(key) ?? -ALARM_EVERY_MS) < ALARM_EVERY_MS) continue;
      this.alarmedAt.set(key, now);
      this.log.error(
        `${n} saga(s) have waited for more than a minute under a definition that this release does not know (${key}). ` +
          'They go on as soon as a release that knows it runs: deploy that release, or one that has the definition among ' +
          'its released ones. See "npm run saga -- list --definition unknown".',
      );
    }
  }
}
