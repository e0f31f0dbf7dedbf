import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { isOutage, MAX_BATCH } from '@caravan/messaging';
import { ALONE, currentContext, Lifecycle, runInContext } from '@caravan/platform';
import { SagaRunner } from './saga.runner.ts';
import type { StoredSaga } from './sagas.repository.ts';
import { UnknownDefinitions } from './unknown.definitions.ts';

const LOOK_EVERY_MS = 500;

/** Looks for sagas that have waited long enough. Any number of replicas may: rows are locked, locked ones skipped. */
@Injectable()
export class SagaDeadlines implements OnApplicationBootstrap {
  private readonly log = new Logger('Sagas');
  private looking: Promise<void> | undefined;

  constructor(
    private readonly runner: SagaRunner,
    private readonly unknown: UnknownDefinitions,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS);
    this.lifecycle.onDrain('intake', async () => {
      clearInterval(timer);
      await this.looking;
    });
  }

  private async look(): Promise<void> {
    try {
      while ((await this.runner.fire(MAX_BATCH)) === MAX_BATCH && !this.lifecycle.draining);
      await this.unknown.look();
    } catch (error) {
      this.log.warn(`Deadlines could not be looked after: ${(error as Error).message}`);
      if (isOutage(error)) return;
      const alone = { ...currentContext(), limits: ALONE };
      await runInContext(alone, () => this.oneByOne()).catch((again: unknown) => this.log.error(again));
    }
  }

  /** So that one that cannot go on does not keep back the others. */
  private async oneByOne(): Promise<void> {
    let at: StoredSaga | undefined;
    do {
      try {
        await this.runner.fire(1, (saga) => (at = saga));
      } catch (error) {
        if (!at || isOutage(error)) throw error;
        await this.runner.putOff(at, error);
      }
    } while (at && !this.lifecycle.draining);
  }
}
