import { Inject, UnauthorizedException } from '@nestjs/common';
import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ClientProxy } from '@nestjs/microservices';
import type { Request } from 'express';
import { firstValueFrom } from 'rxjs';
import type { Order as Stored } from '../orders/order.entity.ts';
import type { Placed } from '../orders/orders.service.ts';
import type { Payment as StoredPayment } from '../payments/payment.entity.ts';
import { Money, Product } from './catalogue.types.ts';
import { Address, Order, OrderLine, Payment, PlaceOrderResult } from './order.types.ts';
import { PlaceOrderInput } from './place-order.input.ts';
import type { ProductLoader } from './products.loader.ts';

/** The gateway has looked at the token. */
function userOf(request: Request): string {
  const user = request.headers['x-user-id'];
  if (typeof user !== 'string') throw new UnauthorizedException();
  return user;
}

const toOrder = (order: Stored): Order => ({
  id: order.id,
  number: `CV-${order.number}`,
  status: order.status,
  placedAt: new Date(order.placedAt),
  total: new Money(order.total),
  shippingAddress: order.shippingAddress as Address,
  lines: order.lines.map(({ sku, name, quantity, unitPrice }) => ({
    sku,
    name,
    quantity,
    unitPrice: new Money(unitPrice),
    total: new Money(quantity * unitPrice),
  })),
});

@Resolver(() => Order)
export class OrdersResolver {
  constructor(
    @Inject('ORDERS') private readonly orders: ClientProxy,
    @Inject('PAYMENTS') private readonly payments: ClientProxy,
  ) {}

  @Query(() => Order, { nullable: true })
  async order(
    @Args('id', { type: () => ID }) id: string,
    @Context('req') request: Request,
  ): Promise<Order | null> {
    const query = { id, customerId: userOf(request) };
    const order = await firstValueFrom(this.orders.send<Stored | null>('orders.by-id', query));
    return order && toOrder(order);
  }

  @ResolveField(() => Payment, { nullable: true })
  async payment(@Parent() { id }: Order): Promise<Payment | null> {
    const payment = await firstValueFrom(this.payments.send<StoredPayment | null>('payments.by-order', id));
    return payment && { status: payment.status, amount: new Money(payment.amount), method: payment.method };
  }

  @Mutation(() => PlaceOrderResult)
  async placeOrder(
    @Args('input') { lines, paymentMethod, shippingAddress }: PlaceOrderInput,
    @Context('req') request: Request,
  ): Promise<typeof PlaceOrderResult> {
    const customerId = userOf(request);
    const placed = await firstValueFrom(
      this.orders.send<Placed>('orders.place', { customerId, lines, paymentMethod, shippingAddress }),
    );
    if (placed.outcome === 'CONFIRMED') return toOrder(placed.order);
    const { orderId } = placed;
    return placed.outcome === 'OUT_OF_STOCK'
      ? { message: 'Out of stock', orderId, lines: [placed.missing] }
      : { message: 'The card was declined', orderId, code: 'card_declined' };
  }
}

@Resolver(() => OrderLine)
export class OrderLinesResolver {
  @ResolveField(() => Product, { nullable: true })
  product(
    @Parent() { sku }: OrderLine,
    @Context('products') products: ProductLoader,
  ): Promise<Product | null> {
    return products.load(sku);
  }
}
