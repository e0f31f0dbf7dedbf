import { id as orderId, ListOrders } from '@caravan/contracts';
import { decodeCursor, encodeCursor, pageSize, RequestContext } from '@caravan/graphql';
import { Args, Context, ID, Info, Int, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { toOrder, toPayment } from './order.ts';
import { Order, OrderConnection, OrderLine, Payment, TimelineEntry } from './orders.types.ts';
import { toPage } from './page.ts';
import { toProduct } from './product.ts';
import { Product } from './products.types.ts';

const PAGE = 20;

@Resolver(() => Order)
export class OrdersResolver {
  @Query(() => Order, { nullable: true, description: "One of the caller's own orders." })
  async order(
    @Context() context: RequestContext,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<Order | null> {
    const order = await context.loaders.orders.load(id);
    return order && toOrder(order);
  }

  @Query(() => OrderConnection, { description: "The caller's own orders, newest first." })
  async orders(
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Args('first', { type: () => Int, nullable: true, defaultValue: PAGE }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after?: string | null,
  ): Promise<OrderConnection> {
    const found = context.read(ListOrders, {
      customerId: context.customerId,
      first: pageSize(first, PAGE),
      after: decodeCursor(after, orderId),
    });
    const none = { orders: [], hasNextPage: false };
    const { orders, hasNextPage } = await context.orEmpty(found, none, info);
    return toPage<Order>(orders.map(toOrder), ({ id }) => encodeCursor(id), hasNextPage, after);
  }

  @ResolveField(() => Payment, { nullable: true })
  async payment(order: Order, _: unknown, context: RequestContext): Promise<Payment | null> {
    const payment = await context.loaders.payments.load(order.id);
    return payment && toPayment(payment);
  }

  @ResolveField(() => [TimelineEntry])
  async timeline(
    order: Order,
    _: unknown,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<TimelineEntry[]> {
    return (await context.orMissing(context.loaders.timelines.load(order.id), [], info)) ?? [];
  }
}

@Resolver(() => OrderLine)
export class OrderLinesResolver {
  /** Today's product; name and price of the line stay as they were when it was bought. */
  @ResolveField(() => Product, { nullable: true })
  async product(line: OrderLine, _: unknown, context: RequestContext): Promise<Product | null> {
    const product = await context.loaders.products.load(line.sku);
    return product && toProduct(product);
  }
}
