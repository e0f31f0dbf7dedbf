import { z } from 'zod';
import type { Books } from './books.ts';
import type { Clock } from './clock.ts';
import { closeDispute, openDispute, type Dispute } from './dispute.ts';
import type { Ids } from './ids.ts';
import { cancelIntent, captureIntent, confirmIntent, failAuthentication, type Intent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { LATER_SECONDS, paymentMethod } from './payment-method.ts';
import { noSuch, Refused } from './processor.errors.ts';
import type { RecorderService } from './recorder.service.ts';
import { refundIntent } from './refund.ts';
import { failed, problem, type Reply } from './reply.ts';
import { toAnswer } from './stripe.mapping.ts';

const action = z
  .strictObject({
    action: z.enum(['refund', 'capture', 'cancel', 'dispute', 'close-dispute', 'authenticate']),
    orderId: z.string().min(1).optional(),
    paymentIntent: z.string().min(1).optional(),
    /** Of a refund, a capture or a dispute; missing: all. */
    amount: z.int().positive().optional(),
    reason: z.string().optional(),
    /** Of close-dispute. */
    outcome: z.enum(['won', 'lost']).default('lost'),
    /** Of authenticate. */
    succeeds: z.boolean().default(true),
  })
  .refine(({ orderId, paymentIntent }) => (orderId === undefined) !== (paymentIntent === undefined), {
    message: 'Name the payment by orderId or by paymentIntent.',
  });

type Action = z.infer<typeof action>;

/** The payment that each action is meant for, when an order has several. */
const fits: Readonly<Record<Action['action'], (intent: Intent) => boolean>> = {
  refund: ({ captured, refunded }) => captured > refunded,
  capture: ({ status }) => status === 'requires_capture',
  cancel: ({ status }) => status !== 'succeeded' && status !== 'canceled',
  dispute: ({ captured, disputed }) => captured > 0 && !disputed,
  'close-dispute': ({ disputed }) => disputed ?? false,
  authenticate: ({ status }) => status === 'requires_action',
};

/** What people do in Stripe's dashboard, and what the customer's bank does: changes that no call of the API asked for. */
export class DashboardService {
  constructor(
    private readonly books: Books,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly recorder: RecorderService,
  ) {}

  act(input: unknown): Reply {
    const parsed = action.safeParse(input);
    if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
    const at = this.clock.seconds();
    try {
      const outcome = this.outcomeOf(parsed.data, this.find(parsed.data), at);
      const { status, body } = toAnswer(this.recorder.record(outcome, { at }));
      return { status, body };
    } catch (error) {
      if (error instanceof Refused) return failed(error.failure);
      throw error;
    }
  }

  private find({ action: what, orderId, paymentIntent }: Action): Intent {
    const known = paymentIntent === undefined ? undefined : this.books.intent(paymentIntent);
    const intents = orderId === undefined ? [known] : this.books.intentsOfOrder(orderId);
    const found = intents.find((intent) => intent && fits[what](intent)) ?? intents[0];
    if (!found) throw noSuch('payment_intent', orderId ?? paymentIntent ?? '', 'intent');
    return found;
  }

  private outcomeOf(act: Action, intent: Intent, at: number): Outcome {
    const { amount, reason = null } = act;
    const method = paymentMethod(intent.method ?? '');
    switch (act.action) {
      case 'refund':
        // As at Stripe, a refund of the dashboard carries no metadata of the order.
        return refundIntent(intent, {
          id: this.ids.next('re'),
          created: at,
          amount,
          reason,
          metadata: {},
          fails: false,
          fate: method?.refunds,
          turnsIn: LATER_SECONDS,
        });
      case 'capture':
        return captureIntent(intent, amount, { at, method });
      case 'cancel':
        return cancelIntent(intent, reason, at);
      case 'dispute':
        return openDispute(intent, {
          id: this.ids.next('dp'),
          created: at,
          amount,
          reason: reason ?? 'general',
        });
      case 'close-dispute':
        return closeDispute(intent, this.disputeOf(intent), act.outcome);
      case 'authenticate':
        return act.succeeds && method
          ? confirmIntent(intent, method, { at, authentication: 'done' })
          : failAuthentication(intent);
    }
  }

  private disputeOf({ id }: Intent): Dispute {
    const dispute = this.books.allDisputes().find(({ intent }) => intent === id);
    if (!dispute) throw noSuch('dispute', id, 'payment_intent');
    return dispute;
  }
}
