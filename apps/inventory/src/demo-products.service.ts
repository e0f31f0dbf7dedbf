import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { untilAnswered } from '@caravan/outbox';
import { ENV } from '@caravan/platform';
import { catalogue } from './catalogue.ts';
import type { InventoryEnv } from './inventory.env.ts';
import { ProductsRepository } from './products.repository.ts';

/** Fills the shelves of a shop to try things out in. */
@Injectable()
export class DemoProductsService implements OnModuleInit {
  private readonly log = new Logger(DemoProductsService.name);

  constructor(
    private readonly products: ProductsRepository,
    @Inject(ENV) private readonly env: InventoryEnv,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.env.DEMO_DATA) return;
    if (this.env.NODE_ENV === 'production') {
      this.log.warn('DEMO_DATA is ignored in production');
      return;
    }
    await untilAnswered(this.log, () => this.products.addMissing(catalogue()));
  }
}
