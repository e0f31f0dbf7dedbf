import { CancelOrder, id as orderId, PlaceOrder } from '@caravan/contracts';
import { draftOrder, notFound, RequestContext } from '@caravan/graphql';
import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import {
  type CancelOrderAnswer,
  invalidOrder,
  notCancellable,
  type PlaceOrderAnswer,
  toPlaceOrderAnswer,
} from './checkout.ts';
import { CancelOrderResult, PlaceOrderInput, PlaceOrderResult } from './checkouts.types.ts';
import { toOrder } from './order.ts';

/** Orders answers when the outcome is there, which may take as long as the shop chose to wait. */
const WITHIN_MS = 10_000;

@Resolver()
export class CheckoutsResolver {
  @Mutation(() => PlaceOrderResult)
  async placeOrder(
    @Context() context: RequestContext,
    @Args('input', { type: () => PlaceOrderInput }) input: PlaceOrderInput,
  ): Promise<PlaceOrderAnswer> {
    const cleaned = draftOrder(input);
    if ('issues' in cleaned) return invalidOrder(cleaned.issues);
    const data = { customerId: context.customerId, ...cleaned.draft };
    return toPlaceOrderAnswer(await context.client.ask(PlaceOrder, data, { within: WITHIN_MS }));
  }

  @Mutation(() => CancelOrderResult)
  async cancelOrder(
    @Context() context: RequestContext,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<CancelOrderAnswer> {
    if (!orderId.safeParse(id).success) throw notFound('There is no such order.');
    const data = { customerId: context.customerId, id };
    const reply = await context.client.ask(CancelOrder, data, { within: WITHIN_MS });
    if (reply.outcome === 'not-found') throw notFound('There is no such order.');
    return reply.outcome === 'accepted' ? toOrder(reply.order) : notCancellable(reply.order);
  }
}
