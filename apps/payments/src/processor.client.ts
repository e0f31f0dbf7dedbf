import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import Stripe from 'stripe';
import { ENV } from '@caravan/platform';
import { HttpClient } from './http.client.ts';
import {
  ABANDONED,
  type Intent,
  NEEDS_CUSTOMER,
  type Outcome,
  type ProcessorError,
  outcomeOf,
  unknown,
} from './outcome.ts';
import { GIVEN_UP_AFTER_MS } from './pause.ts';
import type { Payment } from './payment.ts';
import type { PaymentsEnv } from './payments.env.ts';
import { intentShape, orderId, troubleIn } from './processor.mapping.ts';
import { RefundsClient } from './refunds.client.ts';

/** After so many attempts without an answer the intent is looked for by its order as well. */
const SEARCH_AFTER = 20;
/** Stripe forgets idempotency keys after 24 hours: from then on a replay would be a second effect. */
const KEY_LIVES_MS = 23 * 60 * 60 * 1000;

/** The processor refuses because the intent has moved on. */
const OTHER_STATE = new Set(['payment_intent_unexpected_state', 'charge_expired_for_capture']);

/**
 * The card processor in the aggregate's words: every call ends in an outcome, none throws.
 * A request is always the same for the same payment and operation, so that a replay under its key is answered with the
 * first outcome and has no second effect. https://docs.stripe.com/api/idempotent_requests
 */
@Injectable()
export class ProcessorClient implements OnApplicationShutdown {
  private readonly http = new HttpClient();
  private readonly stripe: Stripe;
  private readonly refunds: RefundsClient;

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
    this.refunds = new RefundsClient(this.stripe);
  }

  /** Does the open operation. `asking`: it was tried before, so look first where looking can tell. */
  async perform(payment: Payment, asking: boolean): Promise<Outcome> {
    const keyForgotten = payment.operationAgeMs > KEY_LIVES_MS;
    try {
      switch (payment.operation) {
        case 'authorize':
          return await this.authorize(payment, keyForgotten);
        case 'inspect':
          return await this.inspect(payment);
        case 'capture':
          return await this.capture(payment, asking || keyForgotten);
        case 'void':
          return await this.cancel(payment, asking || keyForgotten);
        case 'refund':
          return await this.refunds.refund(payment, idOf(payment), { asking, keyForgotten });
        default:
          return unknown('nothing is open');
      }
    } catch (error) {
      const trouble = troubleIn(error);
      if (trouble.is !== 'declined') return trouble.outcome;
      return unknown(`${payment.operation} was declined: ${trouble.code}`, { spent: true });
    }
  }

  /**
   * The order that an intent is for; undefined when it names none, or when there is no such intent.
   * @throws what the call failed with
   */
  async orderOf(intentId: string): Promise<string | undefined> {
    try {
      const { metadata } = intentShape.parse(await this.stripe.paymentIntents.retrieve(intentId));
      return orderId.safeParse(metadata['order_id']).data;
    } catch (error) {
      if ((error as ProcessorError).statusCode === 404) return undefined;
      throw error;
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }

  private async authorize(payment: Payment, keyForgotten: boolean): Promise<Outcome> {
    const known = payment.intentId && (await this.retrieveIfAny(payment));
    // An old hold that ended is no answer to the question for a new one.
    if (known && !(payment.renewals > 0 && known.status === 'canceled'))
      return this.confirmed(payment, known);
    const spent = payment.spentKeys > 0;
    if (spent || keyForgotten || payment.attempts >= SEARCH_AFTER) {
      const found = await this.search(payment);
      if (found) return this.confirmed(payment, found);
      // Never a second key: what the first one did would be out of sight. What turns up later is cancelled.
      if (keyForgotten || (spent && payment.operationAgeMs > GIVEN_UP_AFTER_MS))
        return { kind: 'given-up', asked: payment.intentId };
    }
    try {
      return await this.confirmed(payment, this.intentOf(payment, await this.create(payment)));
    } catch (error) {
      const trouble = troubleIn(error);
      if (trouble.is === 'declined')
        return { kind: 'declined', code: trouble.code, intentId: trouble.intentId };
      if (trouble.is === 'refused' && trouble.callersMistake) return { kind: 'declined', code: trouble.code };
      throw error;
    }
  }

  /** An intent that waits for the customer (3-D Secure) is cancelled, so that nothing can be held by it later. */
  private async confirmed(payment: Payment, intent: Intent): Promise<Outcome> {
    if (!NEEDS_CUSTOMER.has(intent.status)) return outcomeOf(intent);
    const idempotencyKey = `${payment.idempotencyKey}:${ABANDONED}`;
    const reason = { cancellation_reason: ABANDONED } as const;
    return this.change(payment, intent.id, 'declined', () =>
      this.stripe.paymentIntents.cancel(intent.id, reason, { idempotencyKey }),
    );
  }

  /** What the object is now, with what was given back of it. */
  private async inspect(payment: Payment): Promise<Outcome> {
    const seen = outcomeOf(await this.retrieve(payment, idOf(payment)));
    if (seen.kind !== 'captured') return seen;
    return { ...seen, refundedMinor: await this.refunds.total(idOf(payment)) };
  }

  private async capture(payment: Payment, asking: boolean): Promise<Outcome> {
    if (asking) {
      const seen = outcomeOf(await this.retrieve(payment, idOf(payment)));
      if (seen.kind !== 'authorized') return seen;
    }
    return this.change(payment, idOf(payment), 'captured', () =>
      this.stripe.paymentIntents.capture(idOf(payment), {}, { idempotencyKey: payment.idempotencyKey }),
    );
  }

  private async cancel(payment: Payment, asking: boolean): Promise<Outcome> {
    if (asking) {
      const seen = outcomeOf(await this.retrieve(payment, idOf(payment)));
      if (seen.kind === 'voided' || seen.kind === 'captured') return seen;
    }
    return this.change(payment, idOf(payment), 'voided', () =>
      this.stripe.paymentIntents.cancel(idOf(payment), {}, { idempotencyKey: payment.idempotencyKey }),
    );
  }

  /** Changes an intent; where the processor refuses because it is in another state, that state is the answer. */
  private async change(
    payment: Payment,
    id: string,
    wanted: Outcome['kind'],
    call: () => Promise<unknown>,
  ): Promise<Outcome> {
    try {
      const outcome = outcomeOf(this.intentOf(payment, await quick(call)));
      return outcome.kind === wanted ? outcome : unknown(`not ${wanted} but ${outcome.kind}`);
    } catch (error) {
      if (!OTHER_STATE.has((error as ProcessorError).code ?? '')) throw error;
      const seen = outcomeOf(await this.retrieve(payment, id));
      return seen.kind === 'captured' || seen.kind === 'voided' || seen.kind === wanted
        ? seen
        : unknown('unexpected state', { spent: true });
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
          metadata: metadataOf(payment),
        },
        { idempotencyKey: payment.idempotencyKey },
      ),
    );
  }

  private async retrieve(payment: Payment, id: string): Promise<Intent> {
    return this.intentOf(payment, await this.stripe.paymentIntents.retrieve(id));
  }

  /** Undefined when the processor knows no such intent: it was only heard of. */
  private async retrieveIfAny(payment: Payment): Promise<Intent | undefined> {
    try {
      return await this.retrieve(payment, idOf(payment));
    } catch (error) {
      if ((error as ProcessorError).statusCode === 404) return undefined;
      throw error;
    }
  }

  private async search(payment: Payment): Promise<Intent | undefined> {
    const query = `metadata['order_id']:'${payment.orderId}'`;
    const { data } = await this.stripe.paymentIntents.search({ query, limit: 10 });
    const { renewal } = metadataOf(payment);
    const found = data.find(({ metadata }) => metadata?.['renewal'] === renewal);
    return found && this.intentOf(payment, found);
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
}

function idOf(payment: Payment): string {
  if (!payment.intentId) throw new Error('the payment has no intent');
  return payment.intentId;
}

/** An authorization anew says which it is, so that a search tells it from the one before. */
function metadataOf({ orderId, renewals }: Payment): Stripe.MetadataParam & { renewal?: string } {
  return renewals ? { order_id: orderId, renewal: String(renewals) } : { order_id: orderId };
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
