import type { Dispute } from './dispute.ts';
import { capturable, type Intent } from './intent.ts';
import type { Entry, Told } from './outcome.ts';
import { paymentMethod } from './payment-method.ts';
import type { Failure } from './processor.errors.ts';
import type { Refund } from './refund.ts';

/** The version of Stripe's API whose shapes these are: the one that the `stripe` package 23 asks for. */
export const API_VERSION = '2026-10-28.endive';

const docUrl = (code: string | undefined): string | undefined =>
  code && `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`;

function toMethod(id: string): object {
  const method = paymentMethod(id);
  return {
    id,
    object: 'payment_method',
    card: method && {
      brand: method.brand,
      last4: method.last4,
      exp_month: 12,
      exp_year: 2034,
      country: 'US',
    },
    livemode: false,
    type: 'card',
  };
}

/** The inside of an error answer, and of `last_payment_error`. */
function toError(failure: Failure, intent: Intent | undefined): object {
  return {
    charge: failure.charge,
    code: failure.code,
    decline_code: failure.declineCode,
    doc_url: docUrl(failure.code),
    message: failure.message,
    param: failure.param,
    payment_intent: failure.showsIntent && intent ? toIntent(intent) : undefined,
    payment_method: failure.type === 'card_error' && intent?.method ? toMethod(intent.method) : undefined,
    type: failure.type,
  };
}

export const toFailure = (failure: Failure, intent?: Intent): object => ({ error: toError(failure, intent) });

export function toIntent(intent: Intent, expandCharge = false): object {
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: capturable(intent),
    amount_details: { tip: {} },
    amount_received: intent.captured,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancelReason,
    capture_method: intent.manual ? 'manual' : 'automatic',
    client_secret: `${intent.id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    last_payment_error: intent.lastFailure
      ? { ...toError({ ...intent.lastFailure, showsIntent: false }, intent) }
      : null,
    latest_charge: expandCharge && intent.charge ? toCharge(intent) : intent.charge,
    livemode: false,
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? nextAction(intent) : null,
    on_behalf_of: null,
    payment_method: intent.method,
    payment_method_options: {},
    payment_method_types: ['card'],
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  };
}

const nextAction = ({ id }: Intent): object => ({
  type: 'use_stripe_sdk',
  use_stripe_sdk: { type: 'three_d_secure_redirect', source: `src_${id.slice(3)}` },
});

export function toCharge(intent: Intent): object {
  const failed = intent.lastFailure;
  return {
    id: intent.charge,
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.captured,
    amount_refunded: intent.refunded,
    captured: intent.captured > 0,
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: intent.disputed ?? false,
    failure_code: failed?.code ?? null,
    failure_message: failed?.message ?? null,
    livemode: false,
    metadata: intent.metadata,
    paid: !failed,
    payment_intent: intent.id,
    payment_method: intent.method,
    payment_method_details: { type: 'card', card: { capture_before: intent.holdEnds ?? null } },
    refunded: intent.captured > 0 && intent.refunded === intent.captured,
    status: failed ? 'failed' : 'succeeded',
  };
}

export function toRefund(refund: Refund): object {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: null,
    charge: refund.charge,
    created: refund.created,
    currency: refund.currency,
    failure_reason: refund.status === 'failed' ? (refund.failureReason ?? 'declined') : undefined,
    metadata: refund.metadata,
    payment_intent: refund.intent,
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  };
}

export function toDispute(dispute: Dispute): object {
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: [],
    charge: dispute.charge,
    created: dispute.created,
    currency: dispute.currency,
    evidence: { uncategorized_text: dispute.evidence },
    evidence_details: { has_evidence: dispute.evidence !== null, submission_count: dispute.evidence ? 1 : 0 },
    is_charge_refundable: false,
    livemode: false,
    // As at Stripe, the payment intent's metadata is not copied here.
    metadata: {},
    payment_intent: dispute.intent,
    reason: dispute.reason,
    status: dispute.status,
  };
}

function subjectOf({ intent, refund, dispute }: Entry, type: string): object | undefined {
  if (type.startsWith('charge.dispute.')) return dispute && toDispute(dispute);
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return refund && toRefund(refund);
  return intent && (type.startsWith('charge.') ? toCharge(intent) : toIntent(intent));
}

/** An event, showing its object as it stood when it happened. */
export function toEvent(entry: Entry, { id, type, notify }: Told): object {
  return {
    id,
    object: 'event',
    api_version: API_VERSION,
    created: entry.at,
    data: { object: subjectOf(entry, type) },
    livemode: false,
    pending_webhooks: notify ? 1 : 0,
    request: { id: entry.request ?? null, idempotency_key: entry.key ?? null },
    type,
  };
}

/** What a call answers with: the dispute, refund or payment intent it changed, or the failure it ended in. */
export function toAnswer(entry: Entry): { status: number; body: string } {
  if (entry.failure) {
    return { status: entry.failure.status, body: JSON.stringify(toFailure(entry.failure, entry.intent)) };
  }
  const { dispute, refund, intent } = entry;
  const subject = dispute ? toDispute(dispute) : refund ? toRefund(refund) : intent && toIntent(intent);
  return { status: 200, body: JSON.stringify(subject) };
}

export const toPage = (url: string, data: readonly object[], hasMore: boolean): object => ({
  object: 'list',
  data,
  has_more: hasMore,
  url,
});
export const toSearchResult = (url: string, data: readonly object[], hasMore: boolean): object => ({
  object: 'search_result',
  data,
  has_more: hasMore,
  next_page: null,
  url,
});
