import { z } from 'zod';

/** ISO 4217 code; the demo catalogue prices in EUR. */
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** An amount in integer minor units (cents); what does not fit exactly into a double is refused. Its currency stands beside it. */
export const amountMinor = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const id = z.uuid();
export const sku = z.string().min(1).max(64);
export const quantity = z.int().min(1).max(1000);
/** An instant as ISO 8601 in UTC. */
export const instant = z.iso.datetime();
export const done = z.object({});

export const line = z.object({ sku, quantity });
export type Line = z.infer<typeof line>;

/** Characters that each part of a postal address may have; a country is a code of its own. */
export const ADDRESS_BOUNDS = { name: 200, line1: 200, line2: 200, city: 200, postalCode: 20 } as const;

export const address = z.object({
  name: z.string().min(1).max(ADDRESS_BOUNDS.name),
  line1: z.string().min(1).max(ADDRESS_BOUNDS.line1),
  line2: z.string().max(ADDRESS_BOUNDS.line2).nullish(),
  city: z.string().min(1).max(ADDRESS_BOUNDS.city),
  postalCode: z.string().min(1).max(ADDRESS_BOUNDS.postalCode),
  country: z.string().min(2).max(60),
});
export type Address = z.infer<typeof address>;

export const role = z.enum(['customer', 'staff']);
export type Role = z.infer<typeof role>;
