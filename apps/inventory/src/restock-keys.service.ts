import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '@caravan/platform';
import { RestockKeysRepository } from './restock-keys.repository.ts';

/** As long as the keys of orders. */
const KEEP = '7 days';
const LOOK_EVERY_MS = 600_000;
const AT_ONCE = 1_000;

/** Keeps the table of keys small. The same key restocks again from then on. */
@Injectable()
export class RestockKeysService implements OnApplicationBootstrap {
  private readonly log = new Logger(RestockKeysService.name);
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly keys: RestockKeysRepository,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    const look = () => void (this.looking = this.looking.then(() => this.forget()));
    const timer = setInterval(look, LOOK_EVERY_MS);
    look();
    this.lifecycle.onDrain('intake', () => {
      clearInterval(timer);
      return this.looking;
    });
  }

  /** Forgets every key whose time is over. Never rejects. */
  async forget(): Promise<void> {
    try {
      while ((await this.keys.forget(KEEP, AT_ONCE)) === AT_ONCE && !this.lifecycle.draining);
    } catch (error) {
      this.log.warn(`Old restock keys were not forgotten: ${(error as Error).message}`);
    }
  }
}
