import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import DataLoader from 'dataloader';
import { firstValueFrom } from 'rxjs';
import type { Product as Stored } from '../inventory/product.entity.ts';
import type { Product } from './catalogue.types.ts';
import { toProduct } from './products.resolver.ts';

export type ProductLoader = DataLoader<string, Product | null>;

@Injectable()
export class ProductLoaders {
  constructor(@Inject('INVENTORY') private readonly inventory: ClientProxy) {}

  /** One per request. */
  make(): ProductLoader {
    return new DataLoader<string, Product | null>(async (skus) => {
      const found = await firstValueFrom(this.inventory.send<Stored[]>('products.by-skus', skus));
      const bySku = new Map(found.map((product) => [product.sku, toProduct(product)]));
      return skus.map((sku) => bySku.get(sku) ?? null);
    });
  }
}
