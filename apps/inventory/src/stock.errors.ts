import { Failure, InventoryFailure, type OutOfStockDetails } from '@caravan/contracts';

export const outOfStock = (lines: OutOfStockDetails['lines']): Failure =>
  new Failure(
    InventoryFailure.outOfStock,
    lines.length === 1
      ? 'An article of this order is not available in the quantity asked for.'
      : 'Some articles of this order are not available in the quantity asked for.',
    { lines } satisfies OutOfStockDetails,
  );

export const alreadyReleased = (): Failure =>
  new Failure(InventoryFailure.alreadyReleased, 'The stock of this order was given back before.');

export const unknownSku = (sku: string): Failure =>
  new Failure(InventoryFailure.unknownSku, `There is no product ${sku}.`, { sku });

export const restockConflict = (): Failure =>
  new Failure(
    InventoryFailure.restockConflict,
    'This key was used for another restock. Take a new key for a new one.',
  );

export const tooMuchStock = (sku: string): Failure =>
  new Failure(InventoryFailure.tooMuchStock, `${sku} cannot take that many pieces.`, { sku });
