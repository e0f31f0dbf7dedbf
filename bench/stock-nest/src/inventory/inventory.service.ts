import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, In, Repository } from 'typeorm';
import { Product, Reservation } from './product.entity.ts';

export interface Line {
  sku: string;
  quantity: number;
}

export interface ReserveStock {
  orderId: string;
  lines: Line[];
}

export type Reserved =
  | { reserved: true; products: { sku: string; name: string; price: number }[] }
  | { reserved: false; missing: { sku: string; requested: number; available: number } };

@Injectable()
export class InventoryService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectRepository(Product) private readonly products: Repository<Product>,
  ) {}

  async page({
    first,
    skip,
  }: {
    first: number;
    skip: number;
  }): Promise<{ products: Product[]; total: number }> {
    const [products, total] = await this.products.findAndCount({ order: { name: 'ASC' }, take: first, skip });
    return { products, total };
  }

  bySkus(skus: string[]): Promise<Product[]> {
    return this.products.findBy({ sku: In(skus) });
  }

  reserve({ orderId, lines }: ReserveStock): Promise<Reserved> {
    return this.dataSource.transaction(async (manager): Promise<Reserved> => {
      const products: Product[] = [];
      // By sku, or two orders wait for each other.
      for (const { sku, quantity } of lines.toSorted((a, b) => a.sku.localeCompare(b.sku))) {
        const product = await manager.findOne(Product, {
          where: { sku },
          lock: { mode: 'pessimistic_write' },
        });
        if (!product || product.stock < quantity)
          return { reserved: false, missing: { sku, requested: quantity, available: product?.stock ?? 0 } };
        product.stock -= quantity;
        products.push(await manager.save(product));
      }
      await manager.save(lines.map((line) => manager.create(Reservation, { ...line, orderId })));
      return { reserved: true, products: products.map(({ sku, name, price }) => ({ sku, name, price })) };
    });
  }

  async release(orderId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const reservations = await manager.find(Reservation, { where: { orderId }, order: { sku: 'ASC' } });
      for (const { sku, quantity } of reservations)
        await manager.increment(Product, { sku }, 'stock', quantity);
      await manager.remove(reservations);
    });
  }
}
