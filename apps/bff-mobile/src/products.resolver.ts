import { Public, RequestContext } from '@caravan/graphql';
import { Args, Context, ID, Query, Resolver } from '@nestjs/graphql';
import { toProductCard } from './product-card.ts';
import { ProductCard } from './products.types.ts';

@Resolver(() => ProductCard)
export class ProductsResolver {
  @Public()
  @Query(() => ProductCard, { nullable: true })
  async product(
    @Context() context: RequestContext,
    @Args('sku', { type: () => ID }) sku: string,
  ): Promise<ProductCard | null> {
    const product = await context.loaders.products.load(sku);
    return product && toProductCard(product);
  }
}
