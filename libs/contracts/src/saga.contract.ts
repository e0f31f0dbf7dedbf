import { z } from 'zod';
import { event } from './contract.ts';
import { failureSchema } from './failure.ts';

/** `<type of the saga>:<uuid>` */
const SAGA_ID = /^[\w-]+:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** The answer to a saga's command. `ask` tells which question of which saga it answers; `data` has the command's reply shape. */
export const SagaReply = event(
  'saga.reply',
  z.object({
    sagaId: z.string().regex(SAGA_ID),
    ask: z.string(),
    command: z.string(),
    outcome: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), data: z.unknown() }),
      z.object({ ok: z.literal(false), failure: failureSchema }),
    ]),
  }),
);

/** What a line of a timeline says of a step, or of the saga as a whole. Stored and shown: a word keeps its meaning. */
export const sagaOutcome = z.enum([
  'started',
  'done',
  'refused',
  'timed out',
  'failed',
  'stuck',
  'retried',
  'cancelled',
  'given up',
  'undone',
  'undo failed',
  'rolled back',
  'moved',
]);
export type SagaOutcome = z.infer<typeof sagaOutcome>;

/** What a line of an order's timeline says of its money when the change did not come from a saga. */
export const paymentOutcome = z.enum([
  'captured',
  'voided',
  'expired',
  'refunded',
  'partly refunded',
  'refund failed',
  'dispute opened',
  'dispute updated',
  'dispute closed',
  /** Any other change; the line's detail names it. */
  'changed',
]);
export type PaymentOutcome = z.infer<typeof paymentOutcome>;

/** What a timeline's line says. */
export const timelineOutcome = z.enum([...sagaOutcome.options, ...paymentOutcome.options]);
export type TimelineOutcome = z.infer<typeof timelineOutcome>;
