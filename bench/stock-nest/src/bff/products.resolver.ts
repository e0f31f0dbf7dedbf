import { Inject } from '@nestjs/common';
import { Args, Int, Query, Resolver } from '@nestjs/graphql';
import { ClientProxy } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import type { Product as Stored } from '../inventory/product.entity.ts';
import { Money, Product, ProductConnection } from './catalogue.types.ts';

export const toProduct = ({ price, stock, ...product }: Stored): Product => ({
  ...product,
  price: new Money(price),
  available: stock,
});

@Resolver(() => Product)
export class ProductsResolver {
  constructor(@Inject('INVENTORY') private readonly inventory: ClientProxy) {}

  @Query(() => ProductConnection)
  async products(
    @Args('first', { type: () => Int, defaultValue: 20 }) first: number,
    @Args('after', { type: () => String, nullable: true }) after?: string,
  ): Promise<ProductConnection> {
    const skip = Number(after ?? 0);
    const { products, total } = await firstValueFrom(
      this.inventory.send<{ products: Stored[]; total: number }>('products.page', { first, skip }),
    );
    const end = skip + products.length;
    return {
      nodes: products.map(toProduct),
      pageInfo: { hasNextPage: end < total, endCursor: String(end) },
      totalCount: total,
    };
  }
}
