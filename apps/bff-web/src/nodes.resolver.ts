import { id as uuid } from '@caravan/contracts';
import { Public, RequestContext, skuOf } from '@caravan/graphql';
import { Args, Context, ID, Query, Resolver } from '@nestjs/graphql';
import { toCustomer } from './customers.resolver.ts';
import type { Customer } from './customers.types.ts';
import { Node } from './nodes.types.ts';
import { toOrder } from './order.ts';
import type { Order } from './orders.types.ts';
import { toProduct } from './product.ts';
import type { Product } from './products.types.ts';

type Found = (Product | Order | Customer) & { readonly __typename: string };

/** Relay's way to read one object again by its global id. */
@Resolver()
export class NodesResolver {
  /** Products are public; whatever else an id may name is the caller's own, or null. */
  @Public()
  @Query(() => Node, {
    nullable: true,
    description: 'A product, one of your own orders, or yourself, by the id that their `id` field gave.',
  })
  async node(
    @Context() context: RequestContext,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<Found | null> {
    const sku = skuOf(id);
    if (sku !== undefined) {
      const product = await context.loaders.products.load(sku);
      return product && Object.assign(toProduct(product), { __typename: 'Product' });
    }
    if (!uuid.safeParse(id).success) return null;
    const caller = await context.signedIn();
    if (caller.id === id) return Object.assign(toCustomer(caller), { __typename: 'Customer' });
    const order = await context.loaders.orders.load(id);
    return order && toOrder(order);
  }
}
