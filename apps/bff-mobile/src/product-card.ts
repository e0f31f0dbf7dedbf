import type { Product } from '@caravan/contracts';
import { moneyText, productId } from '@caravan/graphql';
import type { ProductCard } from './products.types.ts';

export const StockLabel = {
  IN_STOCK: 'IN_STOCK',
  FEW_LEFT: 'FEW_LEFT',
  SOLD_OUT: 'SOLD_OUT',
  UNKNOWN: 'UNKNOWN',
} as const;
export type StockLabel = keyof typeof StockLabel;

const FEW = 5;

/** @param available pieces that can be bought; absent while nobody can tell */
export function stockLabel(available: number | null | undefined): StockLabel {
  if (available === null || available === undefined) return 'UNKNOWN';
  if (available <= 0) return 'SOLD_OUT';
  return available <= FEW ? 'FEW_LEFT' : 'IN_STOCK';
}

/** A product as a card on the phone: flat, ready to be shown. */
export function toProductCard(product: Product): ProductCard {
  return {
    id: productId(product.sku),
    sku: product.sku,
    name: product.name,
    price: moneyText({ amountMinor: product.priceMinor, currency: product.currency }),
    priceMinor: product.priceMinor,
    currency: product.currency,
    thumbnailUrl: product.imageUrl,
    stockLabel: stockLabel(product.available),
  };
}
