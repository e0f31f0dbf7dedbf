import { z } from 'zod';
import { id, instant } from './common.schemas.ts';
import { request } from './contract.ts';
import { timelineOutcome } from './saga.contract.ts';

/**
 * What operators do to a service, and the trail of it. Every service with a database understands the words that begin
 * with `operations`: whoever asks says which service is meant.
 */
export const ANY_SERVICE = 'operations';

const by = z.string().min(1).max(200);
const reason = z.string().max(2_000).nullable();
const deed = z.object({
  action: z.enum(['redrive', 'drop', 'retry', 'compensate']),
  /** The message id, or the order's. */
  subject: z.string().min(1).max(200),
  /** The message's type and why it died, or the order's number. */
  about: z.string().max(2_500),
  by,
  reason,
});
/** `begun`: somebody who was cut off may have left it half done. */
const outcome = z.enum(['begun', 'done', 'refused']);
const content = z.base64().nullable();

export const operatorAction = deed.extend({
  id: z.string(),
  at: instant,
  outcome,
  message: z.string(),
  content,
});
export type OperatorAction = z.infer<typeof operatorAction>;

/** Writes down what is about to be done to dead letters, before it is done. A redrive is `begun`, a drop `done`. */
export const RecordActions = request(
  'operations.record-actions',
  z.object({
    actions: z
      .array(deed.extend({ action: z.enum(['redrive', 'drop']), content }))
      .min(1)
      .max(64),
  }),
  z.object({ ids: z.array(z.string()) }),
);

/** What was begun is done. */
export const ConcludeActions = request(
  'operations.conclude-actions',
  z.object({ ids: z.array(z.string()).min(1).max(64) }),
  z.object({}),
);

/** Newest first; with their content when one subject is asked for. */
export const ListActions = request(
  'operations.list-actions',
  z.object({
    actions: z.array(deed.shape.action),
    /** A message id, an order's id or its number. */
    subject: z.string().nullable(),
    limit: z.int().min(1).max(1_000),
  }),
  z.object({ actions: z.array(operatorAction) }),
);

/** An order by its id or by the number that people read out. */
const orderReference = z.union([id, z.string().regex(/^cv-\d{6,15}$/i)]);

const operation = z.object({ order: orderReference, by, reason });
/** `message` is in words for the operator; `refused` has changed nothing. */
const verdict = z.object({ outcome: z.enum(['done', 'refused', 'not-found']), message: z.string() });
export type Operation = z.infer<typeof operation>;
export type OperationVerdict = z.infer<typeof verdict>;

/** Takes up at once what the order's open saga is pausing before; or begins a cancellation anew whose refund failed after its end. */
export const RetrySaga = request('orders.retry-saga', operation, verdict);
/** Takes an order back: its checkout before the point of no return, by a cancellation afterwards. */
export const RollBackOrder = request('orders.roll-back-order', operation, verdict);

const saga = z.object({
  orderId: id,
  number: z.string(),
  type: z.string(),
  state: z.enum(['running', 'undoing', 'completed', 'rolled_back']),
  /** The definition it runs under: `checkout.v1`, or a fingerprint that this release does not know. Builds of before do not say it. */
  definition: z.string().optional(),
  /** Whether the running release can continue it; one that it cannot continue waits for a release that can. */
  known: z.boolean().optional(),
  /** The step it is at. */
  step: z.string(),
  /** How often the step failed. */
  attempt: z.int(),
  /** The step has failed so often that somebody should look; it goes on being tried. */
  stuck: z.boolean(),
  /** For an answer, for the next attempt, or for nothing any more. */
  waitsFor: z.enum(['answer', 'retry']).nullable(),
  startedAt: instant,
  /** When it came to its step. */
  since: instant,
  dueAt: instant.nullable(),
  /** Null while it is open; builds of before do not say it. */
  endedAt: instant.nullable().optional(),
  /** The order is NEEDS_ATTENTION though no saga of it is stuck; `since` and `lastFailure` then tell of its money. */
  attention: z.boolean().optional(),
  /** Why it was rolled back, or what failed last. */
  lastFailure: z.string().nullable(),
});
export type SagaData = z.infer<typeof saga>;

/**
 * The open sagas, stuck ones first, then oldest first. With `failed` instead: the open ones that are stuck, then those that were
 * rolled back, newest first. `since`: only what was begun, or rolled back, then or later; what is stuck fails still and is always there.
 * With `stuck` or `failed`, orders that are NEEDS_ATTENTION without a stuck saga follow the stuck ones, each as its newest saga
 * with `attention`.
 */
export const ListSagas = request(
  'orders.list-sagas',
  z.object({
    stuck: z.boolean(),
    failed: z.boolean().optional(),
    since: instant.optional(),
    /** Only open sagas that run under it: a name, a fingerprint, or `unknown` for those that the release does not know. */
    definition: z.string().min(1).max(100).optional(),
    limit: z.int().min(1).max(1_000),
  }),
  z.object({ sagas: z.array(saga), more: z.boolean() }),
);

const history = z.object({
  id,
  number: z.string(),
  status: z.string(),
  placedAt: instant,
  totalMinor: z.int(),
  currency: z.string(),
  cancelRequested: z.boolean(),
  rejection: z.string().nullable(),
  /** Mails that the customer cannot be sent. */
  undeliverable: z.array(z.object({ kind: z.string(), reason: z.string(), at: instant })).optional(),
  /** 32 hex digits, as in every log line about it. */
  traceId: z.string(),
  sagas: z.array(saga.extend({ data: z.unknown() })),
  timeline: z.array(
    z.object({
      at: instant,
      type: z.string(),
      step: z.string(),
      outcome: timelineOutcome,
      detail: z.string().nullable(),
    }),
  ),
  actions: z.array(operatorAction),
  /** What an operator can do now; empty when there is nothing. */
  remedies: z.array(z.object({ action: z.enum(['retry', 'compensate']), effect: z.string() })),
});
export type OrderHistory = z.infer<typeof history>;

/** Everything that is known of how one order went. */
export const ShowSagas = request(
  'orders.show-sagas',
  z.object({ order: orderReference }),
  z.object({ history: history.nullable() }),
);

/** One input of a saga, as it was recorded and as the running release replays it. */
const replayedEntry = z.object({
  at: instant,
  /** start, reply, due, cancel, retry, restart, give-up; `moved` to another definition; `found` when the journal begins. */
  input: z.string(),
  /** The question and the command that a reply answers. */
  ask: z.string().nullable(),
  command: z.string().nullable(),
  /** Of a reply or cancellation that failed. */
  failure: z.string().nullable(),
  /** Id of the message that brought it, or trace id of the request that asked for it. */
  cause: z.string().nullable(),
  lines: z.array(z.object({ step: z.string(), outcome: timelineOutcome, detail: z.string().nullable() })),
  /** The saga after the entry. */
  state: saga.shape.state,
  step: z.string(),
  waitingFor: z.string().nullable(),
  attempt: z.int(),
  stuck: z.boolean(),
  /** The commands that it asked. */
  asked: z.array(z.object({ command: z.string(), ask: z.string() })),
  /** Where the replay differs from what was recorded; it ends there. */
  differs: z.string().nullable(),
});
export type ReplayedEntryData = z.infer<typeof replayedEntry>;

/** The journals of an order's sagas, replayed through the code of the release that answers. */
export const ReplaySagas = request(
  'orders.replay-sagas',
  z.object({ order: orderReference }),
  z.object({
    replay: z
      .object({
        number: z.string(),
        sagas: z.array(
          z.object({
            type: z.string(),
            definition: z.string(),
            entries: z.array(replayedEntry),
            /** Null when the replay ends in the state that is stored. */
            differs: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
  }),
);
export type SagaReplay = NonNullable<z.infer<(typeof ReplaySagas)['reply']>['replay']>;
