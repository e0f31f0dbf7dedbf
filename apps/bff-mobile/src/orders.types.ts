import { orderStatus, type OrderStatus } from '@caravan/contracts';
import { DateTime } from '@caravan/graphql';
import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

const OrderStatusEnum = orderStatus.enum;
registerEnumType(OrderStatusEnum, { name: 'OrderStatus' });

@ObjectType()
export class OrderBadge {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;

  @Field(() => String, { description: 'As it is to be shown, e.g. €25.00' })
  total!: string;

  @Field(() => Int)
  totalMinor!: number;

  @Field(() => String)
  currency!: string;

  @Field(() => String, { nullable: true })
  thumbnailUrl?: string | null;

  @Field(() => DateTime)
  placedAt!: string;

  @Field(() => String, { description: 'The day in UTC as it is to be shown, e.g. 21 November 2026' })
  placedOn!: string;

  /** Not in the schema: whose picture stands for the order. */
  firstSku!: string | undefined;
}

@ObjectType()
export class OrderPage {
  @Field(() => [OrderBadge])
  items!: OrderBadge[];

  @Field(() => String, {
    nullable: true,
    description: 'Give it as "after" to get the next page; null on the last.',
  })
  next!: string | null;
}

@ObjectType()
export class OrderScreen {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;

  @Field(() => String, { description: 'As it is to be shown, e.g. €25.00' })
  total!: string;

  @Field(() => Int)
  totalMinor!: number;

  @Field(() => String)
  currency!: string;

  @Field(() => DateTime)
  placedAt!: string;

  @Field(() => String, { description: 'The day in UTC as it is to be shown, e.g. 21 November 2026' })
  placedOn!: string;

  @Field(() => [String], { description: 'e.g. 2 × Enamel mug' })
  lines!: string[];

  @Field(() => String)
  paymentLabel?: string;

  @Field(() => Boolean)
  canCancel!: boolean;

  @Field(() => [String], {
    description: 'What happened so far, oldest first, in the language of the request.',
  })
  progress?: string[];
}
