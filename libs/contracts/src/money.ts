import { z } from 'zod';
import { amountMinor, currency } from './common.schemas.ts';

/** An amount as it crosses the wire: integer minor units of one ISO 4217 currency. */
export const money = z.object({ amountMinor, currency });
export type MoneyData = z.infer<typeof money>;

/**
 * Decimal places of the minor unit where it is not two, by ISO 4217 (List One, 2024). Intl is not asked: its figures are
 * those of cash (no decimals for HUF, IDR or COP) and change with the version of Node.
 */
const DECIMALS: Readonly<Record<string, number>> = {
  ...decimals(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...decimals(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...decimals(4, 'CLF UYW'),
};

function decimals(places: number, currencies: string): Record<string, number> {
  return Object.fromEntries(currencies.split(' ').map((code) => [code, places]));
}

/** How many decimal places an amount of this currency has: 2 for EUR, 0 for JPY, 3 for KWD. */
export function decimalsOf(code: string): number {
  return DECIMALS[code] ?? 2;
}

/** An amount with its currency. It never changes; amounts of two currencies do not add up. */
export class Money implements MoneyData {
  readonly amountMinor: number;
  readonly currency: string;

  /** @throws RangeError for an amount that is no exact integer of at least 0, or a code that is not ISO 4217's form */
  constructor(amount: number, code: string) {
    if (!Number.isSafeInteger(amount) || amount < 0)
      throw new RangeError(`${amount} is not an amount in minor units`);
    if (!/^[A-Z]{3}$/.test(code)) throw new RangeError(`"${code}" is not a currency`);
    this.amountMinor = amount;
    this.currency = code;
  }

  /** @throws RangeError when the other amount has another currency */
  plus(other: MoneyData): Money {
    if (other.currency !== this.currency)
      throw new RangeError(`${this.currency} and ${other.currency} do not add up`);
    return new Money(this.amountMinor + other.amountMinor, this.currency);
  }

  /** @param factor an integer of at least 0 */
  times(factor: number): Money {
    return new Money(this.amountMinor * factor, this.currency);
  }

  /** @throws RangeError for an empty list, which has no currency, and for amounts of two currencies */
  static sum(amounts: readonly MoneyData[]): Money {
    const [first, ...others] = amounts;
    if (!first) throw new RangeError('An empty list of amounts has no currency');
    return others.reduce<Money>((sum, each) => sum.plus(each), new Money(first.amountMinor, first.currency));
  }
}

/** Making a format costs far more than using it. */
const formats = new Map<string, Intl.NumberFormat>();

/**
 * An amount as people read it: `€12.50`, `JP¥1,250`, `KWD 1.250` (Intl puts a no-break space after a code).
 * The only place where minor units become a decimal number.
 * @param locale BCP 47; how digits are grouped and where the sign of the currency stands
 */
export function formatMoney({ amountMinor: amount, currency: code }: MoneyData, locale = 'en-IE'): string {
  const places = decimalsOf(code);
  const key = `${locale} ${code}`;
  let format = formats.get(key);
  if (!format) {
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    format = new Intl.NumberFormat(locale, { style: 'currency', currency: code, ...digits });
    formats.set(key, format);
  }
  return format.format(amount / 10 ** places);
}
