import { orderStatus, paymentStatus, type OrderStatus, type PaymentStatus } from '@caravan/contracts';
import { Address, DateTime, Money } from '@caravan/graphql';
import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Node } from './nodes.types.ts';
import { PageInfo } from './pages.types.ts';
import { Product } from './products.types.ts';

const OrderStatusEnum = orderStatus.enum;
const PaymentStatusEnum = paymentStatus.enum;
registerEnumType(OrderStatusEnum, { name: 'OrderStatus' });
registerEnumType(PaymentStatusEnum, { name: 'PaymentStatus' });
export { OrderStatusEnum };

@ObjectType()
export class OrderLine {
  @Field(() => Product, { nullable: true })
  product?: Product | null;

  @Field(() => ID)
  sku!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => Money)
  unitPrice!: Money;

  @Field(() => Money)
  total!: Money;
}

@ObjectType({ description: "A chargeback: the customer's bank asks for the money back." })
export class Dispute {
  @Field(() => String)
  status!: string;

  @Field(() => String)
  reason!: string;

  @Field(() => Money)
  amount!: Money;

  @Field(() => DateTime)
  openedAt!: string;

  @Field(() => DateTime, { nullable: true })
  closedAt!: string | null;
}

@ObjectType()
export class Payment {
  @Field(() => PaymentStatusEnum)
  status!: PaymentStatus;

  @Field(() => Money)
  amount!: Money;

  @Field(() => Money)
  refunded!: Money;

  @Field(() => String, { nullable: true })
  method!: string | null;

  @Field(() => Dispute, { nullable: true })
  dispute!: Dispute | null;
}

@ObjectType()
export class TimelineEntry {
  @Field(() => DateTime)
  at!: string;

  @Field(() => String)
  step!: string;

  @Field(() => String)
  outcome!: string;

  @Field(() => String, { nullable: true })
  detail!: string | null;

  @Field(() => String, { nullable: true })
  traceId!: string | null;
}

@ObjectType()
export class Rejection {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType({ implements: () => [Node] })
export class Order implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  number!: string;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;

  @Field(() => DateTime)
  placedAt!: string;

  @Field(() => [OrderLine])
  lines!: OrderLine[];

  @Field(() => Money)
  total!: Money;

  @Field(() => Payment, { nullable: true })
  payment?: Payment | null;

  @Field(() => Address)
  shippingAddress!: Address;

  @Field(() => [TimelineEntry])
  timeline?: TimelineEntry[];

  @Field(() => Rejection, { nullable: true })
  rejection!: Rejection | null;
}

@ObjectType()
export class OrderEdge {
  @Field(() => Order)
  node!: Order;

  @Field(() => String)
  cursor!: string;
}

@ObjectType()
export class OrderConnection {
  @Field(() => [Order])
  nodes!: Order[];

  @Field(() => [OrderEdge])
  edges!: OrderEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
