import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import Stripe from 'stripe';
import { z } from 'zod';
import { ENV } from '@caravan/platform';
import { HttpClient } from './http.client.ts';
import { type Intent, type Outcome, type ProcessorError, outcomeOf, troubleOf, unknown } from './outcome.ts';
import { GIVEN_UP_AFTER_MS, type Payment } from './payment.ts';
import type { PaymentsEnv } from './payments.env.ts';

/** After so many attempts without an answer the intent is looked for by its order as well. */
const SEARCH_AFTER = 20;
/** Stripe forgets idempotency keys after 24 hours: from then on a replay would be a second charge. */
const KEY_LIVES_MS = 23 * 60 * 60 * 1000;

const intentShape = z.object({
  id: z.string().min(1),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount: z.number(),
  metadata: z.record(z.string(), z.string()),
  last_payment_error: z
    .object({ code: z.string().optional(), decline_code: z.string().optional() })
    .nullish(),
});
const refundShape = z.object({ object: z.literal('refund'), status: z.string() });

/**
 * The card processor in the aggregate's words: every call ends in an outcome, none throws.
 * A request is always the same for the same payment and operation, so that a replay under its key is answered with the
 * first outcome and has no second effect. https://docs.stripe.com/api/idempotent_requests
 */
@Injectable()
export class ProcessorClient implements OnApplicationShutdown {
  private readonly http = new HttpClient();
  private readonly stripe: Stripe;

  constructor(@Inject(ENV) env: PaymentsEnv) {
    const base = new URL(env.STRIPE_API_BASE);
    const protocol = base.protocol === 'http:' ? 'http' : 'https';
    this.stripe = new Stripe(env.STRIPE_SECRET_KEY, {
      apiVersion: '2026-10-28.endive',
      protocol,
      host: base.hostname,
      port: base.port || (protocol === 'http' ? 80 : 443),
      timeout: env.STRIPE_TIMEOUT_MS,
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: this.http,
    });
  }

  /** Does the open operation. `asking`: it was tried before, so look first where looking can tell. */
  async perform(payment: Payment, asking: boolean): Promise<Outcome> {
    try {
      switch (payment.operation) {
        case 'authorize':
        case 'inspect':
          return await this.authorize(payment);
        case 'capture':
          return await this.capture(payment, asking);
        case 'void':
          return await this.cancel(payment, asking);
        case 'refund':
          return await this.refund(payment);
        default:
          return unknown('nothing is open');
      }
    } catch (error) {
      const trouble = troubleOf(error as ProcessorError);
      if (trouble.is === 'unknown') return trouble.outcome;
      return unknown(`${payment.operation} was refused: ${trouble.code}`, { spent: true });
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }

  private async authorize(payment: Payment): Promise<Outcome> {
    if (payment.intentId) return outcomeOf(await this.retrieve(payment));
    const spent = payment.spentKeys > 0;
    const forgotten = payment.ageMs > KEY_LIVES_MS;
    if (spent || forgotten || payment.attempts >= SEARCH_AFTER) {
      const found = await this.search(payment);
      if (found) return outcomeOf(found);
      // Never a second key: what the first one did would be out of sight. What turns up later is cancelled.
      if (forgotten || (spent && payment.ageMs > GIVEN_UP_AFTER_MS))
        return { kind: 'declined', code: 'processing_error' };
    }
    try {
      return outcomeOf(this.intentOf(payment, await this.create(payment)));
    } catch (error) {
      const trouble = troubleOf(error as ProcessorError);
      if (trouble.is === 'unknown') throw error;
      const intentId = trouble.is === 'declined' ? trouble.intentId : undefined;
      return { kind: 'declined', code: trouble.code, intentId };
    }
  }

  private async capture(payment: Payment, asking: boolean): Promise<Outcome> {
    if (asking) {
      const seen = outcomeOf(await this.retrieve(payment));
      if (seen.kind !== 'authorized') return seen;
    }
    return this.change(payment, 'captured', () =>
      this.stripe.paymentIntents.capture(this.idOf(payment), {}, { idempotencyKey: payment.idempotencyKey }),
    );
  }

  private async cancel(payment: Payment, asking: boolean): Promise<Outcome> {
    if (asking) {
      const seen = outcomeOf(await this.retrieve(payment));
      if (seen.kind === 'voided' || seen.kind === 'captured') return seen;
    }
    return this.change(payment, 'voided', () =>
      this.stripe.paymentIntents.cancel(this.idOf(payment), {}, { idempotencyKey: payment.idempotencyKey }),
    );
  }

  /** Changes an intent; where the processor refuses because it is in another state, that state is the answer. */
  private async change(
    payment: Payment,
    wanted: Outcome['kind'],
    call: () => Promise<unknown>,
  ): Promise<Outcome> {
    try {
      const outcome = outcomeOf(this.intentOf(payment, await quick(call)));
      return outcome.kind === wanted ? outcome : unknown(`not ${wanted} but ${outcome.kind}`);
    } catch (error) {
      if ((error as ProcessorError).code !== 'payment_intent_unexpected_state') throw error;
      const seen = outcomeOf(await this.retrieve(payment));
      return seen.kind === 'captured' || seen.kind === 'voided'
        ? seen
        : unknown('unexpected state', { spent: true });
    }
  }

  private async refund(payment: Payment): Promise<Outcome> {
    try {
      const refund = refundShape.parse(
        await this.stripe.refunds.create(
          { payment_intent: this.idOf(payment), metadata: { order_id: payment.orderId } },
          { idempotencyKey: payment.idempotencyKey },
        ),
      );
      if (refund.status === 'succeeded' || refund.status === 'pending') return { kind: 'refunded' };
      return unknown(`the refund is ${refund.status}`, { spent: true });
    } catch (error) {
      if ((error as ProcessorError).code === 'charge_already_refunded') return { kind: 'refunded' };
      throw error;
    }
  }

  private create(payment: Payment): Promise<unknown> {
    return quick(() =>
      this.stripe.paymentIntents.create(
        {
          amount: payment.amountMinor,
          currency: payment.currency.toLowerCase(),
          payment_method: payment.method ?? '',
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          capture_method: 'manual',
          confirm: true,
          error_on_requires_action: true,
          metadata: { order_id: payment.orderId },
        },
        { idempotencyKey: payment.idempotencyKey },
      ),
    );
  }

  private async retrieve(payment: Payment): Promise<Intent> {
    return this.intentOf(payment, await this.stripe.paymentIntents.retrieve(this.idOf(payment)));
  }

  private async search(payment: Payment): Promise<Intent | undefined> {
    const query = `metadata['order_id']:'${payment.orderId}'`;
    const found = await this.stripe.paymentIntents.search({ query, limit: 1 });
    return found.data[0] && this.intentOf(payment, found.data[0]);
  }

  /** An answer that is not about this very payment is nonsense, and throws. */
  private intentOf(payment: Payment, answer: unknown): Intent {
    const intent = intentShape.parse(answer);
    const ours = intent.metadata['order_id'] === payment.orderId;
    // What is found on an order that was called off may be of any amount: it is given back.
    const right = intent.amount === payment.amountMinor || payment.operation !== 'authorize';
    if (!ours || !right) throw new Error(`intent ${intent.id} is not the one of this payment`);
    return { ...intent, last_payment_error: intent.last_payment_error ?? null };
  }

  private idOf(payment: Payment): string {
    if (!payment.intentId) throw new Error('the payment has no intent');
    return payment.intentId;
  }
}

/** The SDK takes a stack trace for every call, a third of a call's cost; its errors are sorted here and need none. */
function quick<T>(call: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
