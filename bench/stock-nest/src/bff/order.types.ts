import { createUnionType, Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import { Money, Product } from './catalogue.types.ts';

@ObjectType()
export class Address {
  @Field()
  name!: string;

  @Field()
  line1!: string;

  @Field(() => String, { nullable: true })
  line2?: string;

  @Field()
  city!: string;

  @Field()
  postalCode!: string;

  @Field()
  country!: string;
}

@ObjectType()
export class Payment {
  @Field()
  status!: string;

  @Field(() => Money)
  amount!: Money;

  @Field(() => String, { nullable: true })
  method!: string | null;
}

@ObjectType()
export class OrderLine {
  @Field(() => ID)
  sku!: string;

  @Field()
  name!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => Money)
  unitPrice!: Money;

  @Field(() => Money)
  total!: Money;

  @Field(() => Product, { nullable: true })
  product?: Product;
}

@ObjectType()
export class Order {
  @Field(() => ID)
  id!: string;

  @Field()
  number!: string;

  @Field()
  status!: string;

  @Field(() => GraphQLISODateTime)
  placedAt!: Date;

  @Field(() => Money)
  total!: Money;

  @Field(() => [OrderLine])
  lines!: OrderLine[];

  @Field(() => Address)
  shippingAddress!: Address;

  @Field(() => Payment, { nullable: true })
  payment?: Payment;
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
  @Field()
  message!: string;

  @Field(() => ID)
  orderId!: string;

  @Field(() => [UnavailableLine])
  lines!: UnavailableLine[];
}

@ObjectType()
export class PaymentDeclined {
  @Field()
  message!: string;

  @Field(() => ID)
  orderId!: string;

  @Field()
  code!: string;
}

@ObjectType()
export class Issue {
  @Field()
  path!: string;

  @Field()
  message!: string;
}

/** Part of the schema, so that the same document can be asked here and there; class-validator answers instead. */
@ObjectType()
export class InvalidOrder {
  @Field()
  message!: string;

  @Field(() => [Issue])
  issues!: Issue[];
}

/** Likewise: keys are ignored here, and an order sent twice is two orders. */
@ObjectType()
export class IdempotencyConflict {
  @Field()
  message!: string;
}

export const PlaceOrderResult = createUnionType({
  name: 'PlaceOrderResult',
  types: () => [Order, OutOfStock, PaymentDeclined, InvalidOrder, IdempotencyConflict] as const,
  resolveType: (value: object) => {
    if ('lines' in value && 'status' in value) return Order;
    return 'lines' in value ? OutOfStock : PaymentDeclined;
  },
});
