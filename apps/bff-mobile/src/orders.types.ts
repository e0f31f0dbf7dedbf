import { orderStatus, type OrderStatus } from '@caravan/contracts';
import { DateTime } from '@caravan/graphql';
import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';

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

  @Field(() => String)
  total!: string;

  @Field(() => String, { nullable: true })
  thumbnailUrl?: string | null;

  @Field(() => DateTime)
  placedAt!: string;

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

  @Field(() => String)
  total!: string;

  @Field(() => [String], { description: 'e.g. 2 × Enamel mug' })
  lines!: string[];

  @Field(() => String)
  paymentLabel?: string;

  @Field(() => Boolean)
  canCancel!: boolean;

  @Field(() => [String], { description: 'What happened so far, oldest first.' })
  progress?: string[];
}
