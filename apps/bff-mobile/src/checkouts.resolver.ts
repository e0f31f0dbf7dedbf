import { CancelOrder, id as orderId, PlaceOrder } from '@caravan/contracts';
import { draftOrder, notFound, RequestContext } from '@caravan/graphql';
import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import { invalidCheckout, toCancelOutcome, toCheckoutOutcome } from './checkout.ts';
import { CheckoutInput, CheckoutOutcome } from './checkouts.types.ts';

/** Orders answers when the outcome is there, which may take as long as the shop chose to wait. */
const WITHIN_MS = 10_000;

@Resolver()
export class CheckoutsResolver {
  @Mutation(() => CheckoutOutcome)
  async checkout(
    @Context() context: RequestContext,
    @Args('input', { type: () => CheckoutInput }) input: CheckoutInput,
  ): Promise<CheckoutOutcome> {
    const { items: lines, address: shippingAddress, ...rest } = input;
    const cleaned = draftOrder({ ...rest, lines, shippingAddress });
    if ('issues' in cleaned) return invalidCheckout(cleaned.issues);
    const data = { customerId: context.customerId, ...cleaned.draft };
    return toCheckoutOutcome(await context.client.ask(PlaceOrder, data, { within: WITHIN_MS }));
  }

  @Mutation(() => CheckoutOutcome)
  async cancelOrder(
    @Context() context: RequestContext,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<CheckoutOutcome> {
    if (!orderId.safeParse(id).success) throw notFound('There is no such order.');
    const data = { customerId: context.customerId, id };
    const reply = await context.client.ask(CancelOrder, data, { within: WITHIN_MS });
    if (reply.outcome === 'not-found') throw notFound('There is no such order.');
    return toCancelOutcome(reply.outcome === 'accepted', reply.order);
  }
}
