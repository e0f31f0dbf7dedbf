import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  type DataOf,
  GetPicture,
  GetProducts,
  ListCategories,
  ListProducts,
  OrderCancelled,
  OrderConfirmed,
  OrderRejected,
  ReleaseStock,
  type ReplyOf,
  ReserveStock,
  Restock,
} from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { ProductsService } from './products.service.ts';
import { StocksService } from './stocks.service.ts';

type Batch<C> = Message<DataOf<C>>[];

@Controller()
export class InventoryHandlers {
  constructor(
    private readonly products: ProductsService,
    private readonly stocks: StocksService,
  ) {}

  @MessagePattern(ListProducts.type, { batched: true })
  list(@Payload() requests: Batch<typeof ListProducts>): Promise<ReplyOf<typeof ListProducts>>[] {
    return this.products.list(requests.map((request) => request.data));
  }

  @MessagePattern(ListCategories.type)
  categories(): Promise<ReplyOf<typeof ListCategories>> {
    return this.products.categories();
  }

  @MessagePattern(GetProducts.type, { batched: true })
  get(@Payload() requests: Batch<typeof GetProducts>): Promise<ReplyOf<typeof GetProducts>[]> {
    return this.products.get(requests.map((request) => request.data.skus));
  }

  @MessagePattern(GetPicture.type)
  picture(@Payload() { sku }: DataOf<typeof GetPicture>): Promise<ReplyOf<typeof GetPicture>> {
    return this.products.picture(sku);
  }

  @MessagePattern(Restock.type)
  restock(@Payload() asked: DataOf<typeof Restock>): Promise<ReplyOf<typeof Restock>> {
    return this.stocks.restock(asked);
  }

  @EventPattern<string>(ReserveStock.type)
  reserve(@Payload() messages: Batch<typeof ReserveStock>): Promise<void> {
    return this.stocks.reserve(messages);
  }

  @EventPattern<string>(ReleaseStock.type)
  release(@Payload() messages: Batch<typeof ReleaseStock>): Promise<void> {
    return this.stocks.release(messages);
  }

  @EventPattern<string>(OrderConfirmed.type)
  confirmed(@Payload() messages: Batch<typeof OrderConfirmed>): Promise<void> {
    return this.stocks.sell(messages);
  }

  @EventPattern<string>(OrderRejected.type)
  rejected(@Payload() messages: Batch<typeof OrderRejected>): Promise<void> {
    return this.stocks.over(messages);
  }

  @EventPattern<string>(OrderCancelled.type)
  cancelled(@Payload() messages: Batch<typeof OrderCancelled>): Promise<void> {
    return this.stocks.over(messages);
  }
}
