import { ListCategories, ListProducts, Restock } from '@caravan/contracts';
import {
  badInput,
  catalogueQuestion,
  checkedKey,
  encodeCursor,
  notFound,
  PRODUCTS_PAGE,
  Public,
  RequestContext,
  Roles,
} from '@caravan/graphql';
import { Args, Context, ID, Info, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { toPage } from './page.ts';
import { toProduct } from './product.ts';
import { Product, ProductConnection } from './products.types.ts';

const MAX_RESTOCK = 1_000_000;

@Resolver(() => Product)
export class ProductsResolver {
  @Public()
  @Query(() => ProductConnection)
  async products(
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Args('first', { type: () => Int, nullable: true, defaultValue: PRODUCTS_PAGE }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after?: string | null,
    @Args('search', { type: () => String, nullable: true }) search?: string | null,
    @Args('category', { type: () => String, nullable: true }) category?: string | null,
  ): Promise<ProductConnection> {
    const found = context.read(ListProducts, catalogueQuestion({ first, after, search, category }));
    const none = { products: [], hasNextPage: false, totalCount: 0 };
    const { products, hasNextPage, totalCount } = await context.orEmpty(found, none, info);
    const page = toPage(products.map(toProduct), ({ sku }) => encodeCursor(sku), hasNextPage, after);
    return Object.assign(page, { totalCount });
  }

  @Public()
  @Query(() => [String], { description: 'The categories that have products, by name.' })
  async categories(@Context() context: RequestContext): Promise<string[]> {
    return (await context.read(ListCategories, {})).categories;
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
    @Args('idempotencyKey', {
      type: () => ID,
      nullable: true,
      description: 'Repeated with the same key, it has one effect and the same answer. 1 to 255 characters.',
    })
    idempotencyKey?: string | null,
  ): Promise<Product> {
    if (quantity < 1 || quantity > MAX_RESTOCK) {
      throw badInput(`"quantity" must be 1 to ${MAX_RESTOCK}.`);
    }
    if (!(await context.loaders.products.load(sku))) throw notFound('There is no such product.');
    const key = idempotencyKey == null ? {} : { idempotencyKey: checkedKey(idempotencyKey) };
    const { customerId: staffId } = context;
    return toProduct(await context.client.ask(Restock, { sku, quantity, staffId, ...key }));
  }
}
