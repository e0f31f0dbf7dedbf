import { Module } from '@nestjs/common';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule } from '@caravan/outbox';
import { DemoProductsService } from './demo-products.service.ts';
import { InventoryHandlers } from './inventory.handlers.ts';
import { CreateInventory1700000000001 } from './migrations/1700000000001-create-inventory.ts';
import { RestockKeys1700000000002 } from './migrations/1700000000002-restock-keys.ts';
import { CategoriesAnyCase1700000000003 } from './migrations/1700000000003-categories-any-case.ts';
import { OverdueReservationsService } from './overdue-reservations.service.ts';
import { ProductMapping } from './product.mapping.ts';
import { ProductsRepository } from './products.repository.ts';
import { ProductsService } from './products.service.ts';
import { RestockKeysRepository } from './restock-keys.repository.ts';
import { RestockKeysService } from './restock-keys.service.ts';
import { StocksRepository } from './stocks.repository.ts';
import { StocksService } from './stocks.service.ts';

@Module({
  imports: [
    MessagingModule.forService('inventory'),
    OutboxModule.forService({
      entities: [ProductMapping],
      migrations: [CreateInventory1700000000001, RestockKeys1700000000002, CategoriesAnyCase1700000000003],
    }),
  ],
  controllers: [InventoryHandlers],
  providers: [
    ProductsRepository,
    ProductsService,
    StocksRepository,
    StocksService,
    OverdueReservationsService,
    RestockKeysRepository,
    RestockKeysService,
    DemoProductsService,
  ],
})
export class InventoryModule {}
