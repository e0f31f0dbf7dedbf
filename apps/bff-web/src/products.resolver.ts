import { ListProducts, Restock } from '@caravan/contracts';
import {
  badInput,
  decodeCursor,
  encodeCursor,
  notFound,
  pageSize,
  Public,
  RequestContext,
  Roles,
  searchText,
} from '@caravan/graphql';
import { Args, Context, ID, Info, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { toPage } from './page.ts';
import { toProduct } from './product.ts';
import { Product, ProductConnection } from './products.types.ts';

const PAGE = 20;
const MAX_RESTOCK = 1_000_000;

@Resolver(() => Product)
export class ProductsResolver {
  @Public()
  @Query(() => ProductConnection)
  async products(
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Args('first', { type: () => Int, nullable: true, defaultValue: PAGE }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after?: string | null,
    @Args('search', { type: () => String, nullable: true }) search?: string | null,
    @Args('category', { type: () => String, nullable: true }) category?: string | null,
  ): Promise<ProductConnection> {
    decodeCursor(after);
    const found = context.read(ListProducts, {
      first: pageSize(first, PAGE),
      after: after ?? undefined,
      search: searchText('search', search, 200),
      category: searchText('category', category, 100),
    });
    const none = { products: [], hasNextPage: false, totalCount: 0 };
    const { products, hasNextPage, totalCount } = await context.orEmpty(found, none, info);
    const page = toPage(products.map(toProduct), ({ sku }) => encodeCursor(sku), hasNextPage);
    return Object.assign(page, { totalCount });
  }

  @Public()
  @Query(() => Product, { nullable: true })
  async product(
    @Context() context: RequestContext,
    @Args('sku', { type: () => ID }) sku: string,
  ): Promise<Product | null> {
    const product = await context.loaders.products.load(sku);
    return product && toProduct(product);
  }

  @Roles('staff')
  @Mutation(() => Product, { description: 'Puts more pieces on the shelf. Staff only.' })
  async restock(
    @Context() context: RequestContext,
    @Args('sku', { type: () => ID }) sku: string,
    @Args('quantity', { type: () => Int }) quantity: number,
  ): Promise<Product> {
    if (quantity < 1 || quantity > MAX_RESTOCK) {
      throw badInput(`"quantity" must be 1 to ${MAX_RESTOCK}.`);
    }
    if (!(await context.loaders.products.load(sku))) throw notFound('There is no such product.');
    return toProduct(await context.client.ask(Restock, { sku, quantity }));
  }
}
