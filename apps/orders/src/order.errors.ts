import { type FailureData, formatMoney, type MoneyData, type Product } from '@caravan/contracts';

export interface OrderIssue {
  readonly path: string;
  readonly message: string;
}

export const unknownProduct = (line: number, sku: string): OrderIssue => ({
  path: `lines.${line}.sku`,
  message: `There is no product "${sku}".`,
});

export const otherCurrency = (
  line: number,
  { sku, currency }: Pick<Product, 'sku' | 'currency'>,
  all: readonly string[],
): OrderIssue => ({
  path: `lines.${line}.sku`,
  message: `"${sku}" is priced in ${currency}. An order has one currency, and this one has ${all.join(' and ')}: order them apart.`,
});

export const orderTooLarge = (total: MoneyData, most: MoneyData): OrderIssue => ({
  path: 'lines',
  message: `The total of ${formatMoney(total)} is more than one order may be worth, at most ${formatMoney(most)}. Split it.`,
});

export const orderTooFine = (total: MoneyData, step: MoneyData): OrderIssue => ({
  path: 'lines',
  message: `The total of ${formatMoney(total)} cannot be charged to a card, which takes multiples of ${formatMoney(step)}.`,
});

export const orderTooSmall = (total: MoneyData, least: MoneyData): OrderIssue => ({
  path: 'lines',
  message: `The total of ${formatMoney(total)} is too small for a card. The minimum is ${formatMoney(least)}.`,
});

export const notChargeable = (currency: string): OrderIssue => ({
  path: 'lines',
  message: `Cards cannot be charged in ${currency} here.`,
});

export const CANCELLED: FailureData = {
  code: 'orders.cancelled',
  message: 'The customer cancelled the order.',
};

export const COMPENSATED: FailureData = {
  code: 'orders.compensated-by-operator',
  message: 'The shop took the order back.',
};
