import { ListCategories, ListProducts } from '@caravan/contracts';
import { catalogueQuestion, encodeCursor, PRODUCTS_PAGE, Public, RequestContext } from '@caravan/graphql';
import { Args, Context, ID, Int, Query, Resolver } from '@nestjs/graphql';
import { toProductCard } from './product-card.ts';
import { ProductCard, ProductCardPage } from './products.types.ts';

@Resolver(() => ProductCard)
export class ProductsResolver {
  @Public()
  @Query(() => ProductCardPage)
  async products(
    @Context() context: RequestContext,
    @Args('first', { type: () => Int, nullable: true, defaultValue: PRODUCTS_PAGE }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after?: string | null,
    @Args('search', { type: () => String, nullable: true }) search?: string | null,
    @Args('category', { type: () => String, nullable: true }) category?: string | null,
  ): Promise<ProductCardPage> {
    const question = catalogueQuestion({ first, after, search, category });
    const { products, hasNextPage } = await context.read(ListProducts, question);
    const last = products.at(-1);
    return { items: products.map(toProductCard), next: hasNextPage && last ? encodeCursor(last.sku) : null };
  }

  @Public()
  @Query(() => [String], { description: 'The categories that have products, by name.' })
  async categories(@Context() context: RequestContext): Promise<string[]> {
    return (await context.read(ListCategories, {})).categories;
  }

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
