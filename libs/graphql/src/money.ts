import { Field, Int, ObjectType } from '@nestjs/graphql';
import { formatMoney, type MoneyData } from '@caravan/contracts';
import { currentLanguage, LOCALE } from './language.ts';

/** An amount as the request's language writes it: `€12.50`, `12,50 €`. */
export const moneyText = (money: MoneyData): string => formatMoney(money, LOCALE[currentLanguage()]);

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
    return moneyText(this);
  }
}
