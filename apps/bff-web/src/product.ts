import type { Product as CatalogueProduct } from '@caravan/contracts';
import { Money, productId } from '@caravan/graphql';
import type { Product } from './products.types.ts';

/** A product of the catalogue as the web shows it. */
export function toProduct(product: CatalogueProduct): Product {
  return {
    id: productId(product.sku),
    sku: product.sku,
    name: product.name,
    description: product.description,
    category: product.category,
    imageUrl: product.imageUrl,
    price: new Money(product.priceMinor, product.currency),
    available: product.available,
  };
}
