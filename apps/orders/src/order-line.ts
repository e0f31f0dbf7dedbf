import { type Line, Money, type Product } from '@caravan/contracts';

export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly totalMinor: number;
  /** The order's; absent in orders that were placed before lines carried it. */
  readonly currency?: string;
}

/** The same sku twice is one line with both quantities, at the place of the first. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}

/** Where a request names a product first: merged lines have other places. */
export const placeOf = (sku: string, lines: readonly Line[]): number =>
  lines.findIndex((line) => line.sku === sku);

/** A line at today's price. */
export function priced({ sku, name, priceMinor, currency }: Product, quantity: number) {
  const total = new Money(priceMinor, currency).times(quantity);
  return { sku, name, quantity, unitPriceMinor: priceMinor, totalMinor: total.amountMinor, currency };
}
