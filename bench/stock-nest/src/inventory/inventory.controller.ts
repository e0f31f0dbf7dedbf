import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { InventoryService, type Reserved, type ReserveStock } from './inventory.service.ts';
import type { Product } from './product.entity.ts';

@Controller()
export class InventoryController {
  constructor(private readonly inventory: InventoryService) {}

  @MessagePattern('products.page')
  page(@Payload() page: { first: number; skip: number }): Promise<{ products: Product[]; total: number }> {
    return this.inventory.page(page);
  }

  @MessagePattern('products.by-skus')
  bySkus(@Payload() skus: string[]): Promise<Product[]> {
    return this.inventory.bySkus(skus);
  }

  @MessagePattern('stock.reserve')
  reserve(@Payload() command: ReserveStock): Promise<Reserved> {
    return this.inventory.reserve(command);
  }

  @EventPattern('order.rejected')
  release(@Payload() orderId: string): Promise<void> {
    return this.inventory.release(orderId);
  }
}
