import { id as orderId, ListOrders } from '@caravan/contracts';
import { decodeCursor, encodeCursor, pageSize, RequestContext } from '@caravan/graphql';
import { Args, Context, ID, Info, Int, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { messages } from './messages.ts';
import { paymentLabel, progressOf, toBadge, toScreen } from './order-screen.ts';
import { OrderBadge, OrderPage, OrderScreen } from './orders.types.ts';

const PAGE = 10;

@Resolver(() => OrderBadge)
export class OrderBadgesResolver {
  @Query(() => OrderPage, { description: "The caller's own orders, newest first." })
  async orders(
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Args('first', { type: () => Int, nullable: true, defaultValue: PAGE }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after?: string | null,
  ): Promise<OrderPage> {
    const found = context.read(ListOrders, {
      customerId: context.customerId,
      first: pageSize(first, PAGE),
      after: decodeCursor(after, orderId),
    });
    const none = { orders: [], hasNextPage: false };
    const { orders, hasNextPage } = await context.orEmpty(found, none, info);
    const last = orders.at(-1);
    return { items: orders.map(toBadge), next: hasNextPage && last ? encodeCursor(last.id) : null };
  }

  @ResolveField(() => String, { nullable: true })
  async thumbnailUrl(badge: OrderBadge, _: unknown, context: RequestContext): Promise<string | null> {
    if (badge.firstSku === undefined) return null;
    return (await context.loaders.products.load(badge.firstSku))?.imageUrl ?? null;
  }
}

@Resolver(() => OrderScreen)
export class OrderScreensResolver {
  @Query(() => OrderScreen, { nullable: true, description: "One of the caller's own orders." })
  async order(
    @Context() context: RequestContext,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<OrderScreen | null> {
    const order = await context.loaders.orders.load(id);
    return order && toScreen(order);
  }

  @ResolveField(() => String)
  paymentLabel(
    screen: OrderScreen,
    _: unknown,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<string> {
    const label = context.loaders.payments.load(screen.id).then(paymentLabel);
    return context.orMissing(label, messages().noPaymentDetails, info);
  }

  @ResolveField(() => [String])
  progress(
    screen: OrderScreen,
    _: unknown,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<string[]> {
    const steps = context.loaders.timelines
      .load(screen.id)
      .then((entries) => progressOf(entries ?? [], screen.totalMinor === 0));
    return context.orMissing(steps, [], info);
  }
}
