import { decimalsOf, Money } from './money.ts';

/**
 * What the card processor can charge at once. A total outside of it is refused before anything happens.
 * Source: https://docs.stripe.com/currencies#presentment-currencies and #minimum-and-maximum-charge-amounts.
 */

/** Eight digits of minor units, the bound that holds for every currency; it also fits GraphQL's 32-bit Int. */
export const MAX_CHARGE_MINOR = 99_999_999;

/** Minor units. Currencies without an entry have no minimum of their own: the processor converts it from the settlement currency. */
const MINIMUMS: Readonly<Record<string, number>> = {
  AED: 200,
  CZK: 1_500,
  DKK: 250,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  MXN: 1_000,
  MYR: 200,
  NOK: 300,
  PLN: 200,
  RON: 200,
  SEK: 300,
  THB: 1_000,
};

/** Listed for ARS AUD BRL CAD CHF COP EUR IDR ILS INR JPY KRW NZD PHP RUB SGD USD ZAR, and the lowest that could be right for the rest. */
const COMMON_MINIMUM = 50;

/**
 * Left out are ISK, MGA and UGX, whose minor units the processor counts in another way than ISO 4217 (a hundredth, or a
 * hundred times the money): charging them needs a conversion that does not exist here.
 */
const CHARGEABLE: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY ' +
    'COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD JOD ' +
    'JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO ' +
    'NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS ' +
    'TND TOP TRY TTD TWD TZS UAH USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW'
  ).split(' '),
);

/** Whether a card can be charged in this currency. */
export const isChargeable = (currency: string): boolean => CHARGEABLE.has(currency);

/** The least that a card can be charged in this currency. */
export const minimumCharge = (currency: string): Money =>
  new Money(MINIMUMS[currency] ?? COMMON_MINIMUM, currency);

/** The most that a card can be charged at once. */
export const maximumCharge = (currency: string): Money => new Money(MAX_CHARGE_MINOR, currency);

/**
 * What a charge in this currency must be a multiple of, in minor units: the processor takes currencies of three
 * decimals to the hundredth only. Source: https://docs.stripe.com/currencies#three-decimal.
 */
export const chargeStep = (currency: string): number => (decimalsOf(currency) === 3 ? 10 : 1);
