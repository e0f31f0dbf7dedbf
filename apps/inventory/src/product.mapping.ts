import { EntitySchema } from 'typeorm';
import { Product } from './product.ts';

export const ProductMapping = new EntitySchema<Product>({
  name: 'Product',
  target: Product,
  tableName: 'product',
  columns: {
    sku: { type: 'text', primary: true },
    name: { type: 'text' },
    description: { type: 'text' },
    category: { type: 'text' },
    priceMinor: { name: 'price_minor', type: 'int' },
    currency: { type: 'text' },
  },
  indices: [
    { name: 'product_by_name', columns: ['name', 'sku'] },
    { name: 'product_by_category', columns: ['category', 'name', 'sku'] },
  ],
});
