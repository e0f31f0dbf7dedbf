import type { OrderStatus } from '@caravan/contracts';
import { AddressInput } from '@caravan/graphql';
import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Order, OrderStatusEnum } from './orders.types.ts';

@InputType()
export class OrderLineInput {
  @Field(() => ID)
  sku!: string;

  @Field(() => Int, { description: '1 to 1000' })
  quantity!: number;
}

@InputType()
export class PlaceOrderInput {
  @Field(() => ID, {
    description: '1 to 255 characters, chosen by the client: the same key answers with the same order.',
  })
  idempotencyKey!: string;

  @Field(() => [OrderLineInput], { description: '1 to 50; the same sku twice is merged' })
  lines!: OrderLineInput[];

  @Field(() => ID, { description: 'e.g. pm_card_visa' })
  paymentMethod!: string;

  @Field(() => AddressInput)
  shippingAddress!: AddressInput;
}

@ObjectType()
export class UnavailableLine {
  @Field(() => ID)
  sku!: string;

  @Field(() => Int)
  requested!: number;

  @Field(() => Int)
  available!: number;
}

@ObjectType()
export class OutOfStock {
  @Field(() => String)
  message!: string;

  @Field(() => ID)
  orderId!: string;

  @Field(() => [UnavailableLine])
  lines!: UnavailableLine[];
}

@ObjectType()
export class PaymentDeclined {
  @Field(() => String)
  message!: string;

  @Field(() => ID)
  orderId!: string;

  @Field(() => String, { description: "The card processor's own word for why." })
  code!: string;
}

@ObjectType()
export class Issue {
  @Field(() => String)
  path!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType()
export class InvalidOrder {
  @Field(() => String)
  message!: string;

  @Field(() => [Issue])
  issues!: Issue[];
}

@ObjectType()
export class IdempotencyConflict {
  @Field(() => String)
  message!: string;
}

@ObjectType()
export class NotCancellable {
  @Field(() => String)
  message!: string;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;
}

const resolveType = (value: { readonly __typename: string }): string => value.__typename;

export const PlaceOrderResult = createUnionType({
  name: 'PlaceOrderResult',
  types: () => [Order, OutOfStock, PaymentDeclined, InvalidOrder, IdempotencyConflict] as const,
  resolveType,
});

export const CancelOrderResult = createUnionType({
  name: 'CancelOrderResult',
  types: () => [Order, NotCancellable] as const,
  resolveType,
});
