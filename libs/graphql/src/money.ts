import { Field, Int, ObjectType } from '@nestjs/graphql';

const formats = new Map<string, { format: Intl.NumberFormat; unit: number }>();

function formatOf(currency: string): { format: Intl.NumberFormat; unit: number } {
  let known = formats.get(currency);
  if (!known) {
    const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency });
    known = { format, unit: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
    formats.set(currency, known);
  }
  return known;
}

/** Minor units as people write them, e.g. `€12.50`. */
export function formatMoney(amountMinor: number, currency: string): string {
  const { format, unit } = formatOf(currency);
  return format.format(amountMinor / unit);
}

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
    return formatMoney(this.amountMinor, this.currency);
  }
}
