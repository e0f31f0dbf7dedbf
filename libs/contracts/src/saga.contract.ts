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
