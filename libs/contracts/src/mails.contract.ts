import { z } from 'zod';
import { id, instant } from './common.schemas.ts';
import { event } from './contract.ts';

/** What a mail about an order tells of. */
export const mailKind = z.enum(['CONFIRMED', 'REJECTED', 'CANCELLED']);
export type MailKind = z.infer<typeof mailKind>;

/**
 * A mail about an order cannot be delivered, for good; or one that could not be was delivered after all. Nothing is said
 * of a mail that never was undeliverable.
 */
export const MailSettled = event(
  'mail.settled',
  z.object({
    orderId: id,
    kind: mailKind,
    outcome: z.enum(['undeliverable', 'delivered']),
    /** Why it is undeliverable, for operators. */
    reason: z.string().nullable(),
    at: instant,
  }),
  { unhurried: true },
);
