import { z } from 'zod';
import { storable } from '@caravan/platform';
import { type ProcessorError, type Trouble, troubleOf } from './outcome.ts';

/** Foreign text is kept in rows and told to other services: of these lengths, and only what they can keep. */
const MAX_WORD = 100;
const MAX_MESSAGE = 250;

const minor = z.number().int().min(0);
const word = z.string().transform((text) => storable(text, MAX_WORD));
export const orderId = z.uuid();
export const intentShape = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  object: z.literal('payment_intent'),
  status: word,
  amount: minor,
  amount_received: minor.optional(),
  cancellation_reason: z.string().nullish(),
  metadata: z.record(z.string(), z.string()),
  last_payment_error: z.object({ code: word.optional(), decline_code: word.optional() }).nullish(),
});

/** Sorts whatever a call threw. */
export function troubleIn(error: unknown): Trouble {
  const { statusCode, rawType, param, headers, payment_intent, ...said } = error as ProcessorError;
  const text = (of: string | undefined, max: number) =>
    typeof of === 'string' ? storable(of, max) : undefined;
  return troubleOf({
    statusCode,
    rawType,
    param,
    headers,
    payment_intent,
    code: text(said.code, MAX_WORD),
    decline_code: text(said.decline_code, MAX_WORD),
    // An error's message is no property of its own.
    message: text((error as Error).message, MAX_MESSAGE),
  });
}
