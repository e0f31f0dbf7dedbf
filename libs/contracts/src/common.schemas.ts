import { z } from 'zod';

/** ISO 4217 code; the shop itself prices in EUR. */
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** Money in integer minor units (cents); what does not fit exactly into a double is refused. */
export const amountMinor = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const id = z.uuid();
export const sku = z.string().min(1).max(64);
export const quantity = z.int().min(1).max(1000);
/** An instant as ISO 8601 in UTC. */
export const instant = z.iso.datetime();
export const done = z.object({});

export const line = z.object({ sku, quantity });
export type Line = z.infer<typeof line>;

export const address = z.object({
  name: z.string().min(1).max(200),
  line1: z.string().min(1).max(200),
  line2: z.string().max(200).nullish(),
  city: z.string().min(1).max(200),
  postalCode: z.string().min(1).max(20),
  country: z.string().min(2).max(60),
});
export type Address = z.infer<typeof address>;

export const role = z.enum(['customer', 'staff']);
export type Role = z.infer<typeof role>;

/** What one order may be worth: GraphQL carries amounts as 32-bit integers. */
export const MAX_AMOUNT_MINOR = 2_147_483_647;
