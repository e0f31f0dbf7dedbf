import { z } from 'zod';
import { command, event, request } from './contract.ts';
import { amountMinor, currency, done, id, line, sku } from './common.schemas.ts';

export const product = z.object({
  sku,
  name: z.string(),
  description: z.string(),
  category: z.string(),
  imageUrl: z.string(),
  priceMinor: amountMinor,
  currency,
  /** Pieces that can be bought now. */
  available: z.int().min(0),
});
export type Product = z.infer<typeof product>;

export const ListProducts = request(
  'inventory.list-products',
  z.object({
    first: z.int().min(1).max(100),
    after: z.string().max(200).optional(),
    search: z.string().max(200).optional(),
    category: z.string().max(100).optional(),
  }),
  z.object({ products: z.array(product), hasNextPage: z.boolean(), totalCount: z.int() }),
);
/** The categories that have products, by name. */
export const ListCategories = request(
  'inventory.list-categories',
  done,
  z.object({ categories: z.array(z.string()) }),
);
/** Products by sku; unknown ones are left out. `after` cursors of ListProducts are skus of the last product, base64url. */
export const GetProducts = request(
  'inventory.get-products',
  z.object({ skus: z.array(sku).max(5000) }),
  z.object({ products: z.array(product) }),
);
/**
 * Puts pieces on the shelf. With an idempotency key, scoped to the member of staff: one effect and the same answer however often it is
 * asked, for seven days; the same key with another sku or quantity fails with `inventory.restock-conflict`.
 */
export const Restock = request(
  'inventory.restock',
  z.object({
    sku,
    quantity: z.int().min(1).max(1_000_000),
    idempotencyKey: z.string().min(1).max(255).optional(),
    staffId: id.optional(),
  }),
  product,
);
/** The product's picture, drawn from its sku alone: it never changes and may be kept for good. */
export const GetPicture = request('inventory.get-picture', z.object({ sku }), z.object({ svg: z.string() }));

/**
 * Holds every line of the order or none. Fails with `inventory.out-of-stock`, or with `inventory.already-released`
 * when the order's stock was given back before. Asked again, it answers the same without effect.
 */
export const ReserveStock = command(
  'inventory.reserve-stock',
  z.object({ orderId: id, lines: z.array(line).min(1).max(50) }),
  done,
);
/** Gives back whatever the order holds, reserved or already sold; an order that holds nothing can hold nothing later. */
export const ReleaseStock = command('inventory.release-stock', z.object({ orderId: id }), done);
/** A reservation is older than any checkout can be: whoever owns the order says what becomes of it. */
export const ReservationOverdue = event('reservation.overdue', z.object({ orderId: id }));

export const InventoryFailure = {
  outOfStock: 'inventory.out-of-stock',
  unknownSku: 'inventory.unknown-sku',
  alreadyReleased: 'inventory.already-released',
  tooMuchStock: 'inventory.too-much-stock',
  restockConflict: 'inventory.restock-conflict',
} as const;

/** Details of `inventory.out-of-stock`. */
export const outOfStockDetails = z.object({
  lines: z.array(z.object({ sku, requested: z.int().min(1), available: z.int().min(0) })),
});
export type OutOfStockDetails = z.infer<typeof outOfStockDetails>;
