import { Field, Int, ObjectType } from '@nestjs/graphql';
import { formatMoney } from '@caravan/contracts';

@ObjectType({ description: 'An amount in minor units (cents) of an ISO 4217 currency.' })
export class Money {
  @Field(() => Int)
  readonly amountMinor: number;

  @Field(() => String)
  readonly currency: string;

  constructor(amountMinor: number, currency: string) {
    this.amountMinor = amountMinor;
    this.currency = currency;
  }

  /** Written when it is asked for: most lists show it, most checks do not. */
  @Field(() => String)
  get formatted(): string {
    return formatMoney(this);
  }
}
