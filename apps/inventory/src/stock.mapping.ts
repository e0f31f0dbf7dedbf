import { EntitySchema } from 'typeorm';
import { Stock } from './stock.ts';

export const StockMapping = new EntitySchema<Stock>({
  name: 'Stock',
  target: Stock,
  tableName: 'stock',
  columns: {
    sku: { type: 'text', primary: true },
    onHand: { name: 'on_hand', type: 'int' },
    reserved: { type: 'int' },
    sold: { type: 'int' },
    received: { type: 'int' },
  },
});
