import { AddressInput } from '@caravan/graphql';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { CheckoutCode } from './checkout.ts';
import { OrderBadge } from './orders.types.ts';

registerEnumType(CheckoutCode, { name: 'CheckoutCode' });

@InputType()
export class CheckoutItemInput {
  @Field(() => ID)
  sku!: string;

  @Field(() => Int, { description: '1 to 1000' })
  quantity!: number;
}

@InputType()
export class CheckoutInput {
  @Field(() => ID, {
    description: '1 to 255 characters, chosen by the client: the same key answers with the same order.',
  })
  idempotencyKey!: string;

  @Field(() => [CheckoutItemInput], { description: '1 to 50; the same sku twice is merged' })
  items!: CheckoutItemInput[];

  @Field(() => ID, { description: 'e.g. pm_card_visa' })
  paymentMethod!: string;

  @Field(() => AddressInput)
  address!: AddressInput;
}

@ObjectType()
export class CheckoutOutcome {
  @Field(() => Boolean)
  ok!: boolean;

  @Field(() => OrderBadge, { nullable: true })
  order!: OrderBadge | null;

  @Field(() => String, { description: 'To be shown as it is.' })
  message!: string;

  @Field(() => CheckoutCode)
  code!: CheckoutCode;
}
