import type { Books } from './books.ts';
import { answerDispute, closeDispute, type Dispute } from './dispute.ts';
import { isCurrency, minimumOf, stepOf, written } from './currency.ts';
import type { FaultPlan } from './fault.ts';
import type { Form } from './form.ts';
import type { Ids } from './ids.ts';
import {
  cancelIntent,
  captureIntent,
  confirmIntent,
  openIntent,
  orderOf,
  type Authentication,
  type Intent,
} from './intent.ts';
import type { Operation } from './operation.ts';
import type { Outcome } from './outcome.ts';
import { LATER_SECONDS, paymentMethod, type PaymentMethod } from './payment-method.ts';
import {
  amountTooSmall,
  invalidParam,
  missing,
  noSuch,
  onlyOneOf,
  onlyWithConfirm,
  unknownCurrency,
} from './processor.errors.ts';
import { refundIntent } from './refund.ts';

const captureMethods = ['automatic', 'automatic_async', 'manual'] as const;
const cancelReasons = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;
const confirmOnly = ['off_session', 'error_on_requires_action'];
const refundReasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** A call whose parameters are in order: what it would do, and to whom. */
export interface Prepared {
  /** The card it would charge. */
  readonly method?: PaymentMethod;
  readonly orderId?: string | null;
  /** Does it, unless the state of the payment refuses; `at` in unix seconds; `plan` says what becomes of refunds. */
  run(at: number, plan: Pick<FaultPlan, 'refund'>): Outcome;
}

/** The calls that change something. Bad parameters are refused before anything is looked at, the rest when it runs. */
export class ProcessorService {
  constructor(
    private readonly books: Books,
    private readonly ids: Ids,
  ) {}

  prepare(operation: Operation, id: string, form: Form): Prepared {
    switch (operation) {
      case 'create':
        return this.create(form);
      case 'confirm':
        return this.confirm(id, form);
      case 'capture':
        return this.capture(id, form);
      case 'cancel':
        return this.cancel(id, form);
      case 'refund':
        return this.refund(form);
      case 'update-dispute':
        return this.updateDispute(id, form);
      case 'close-dispute':
        return this.closeDispute(id);
      default:
        throw new Error(`${operation} changes nothing`);
    }
  }

  private create(form: Form): Prepared {
    const amount = form.amount('amount');
    if (amount === undefined) throw missing('amount');
    const currency = form.required('currency').toLowerCase();
    checkAmount(amount, currency);
    if (form.hasAny('automatic_payment_methods') && form.hasAny('payment_method_types')) {
      throw onlyOneOf(['automatic_payment_methods', 'payment_method_types']);
    }
    const draft = {
      amount,
      currency,
      manual: form.oneOf('capture_method', captureMethods) === 'manual',
      metadata: form.metadata(),
      description: form.text('description') ?? null,
      customer: form.text('customer') ?? null,
      method: form.text('payment_method') ?? null,
    };
    const confirm = form.flag('confirm');
    const authentication = authenticationOf(form);
    const stray = confirm ? undefined : confirmOnly.find((param) => form.has(param));
    if (stray !== undefined) throw onlyWithConfirm(stray);
    if (confirm && draft.method === null) throw missing('payment_method');
    const method = draft.method === null ? undefined : paymentMethod(draft.method);
    return {
      method: confirm ? method : undefined,
      orderId: draft.metadata['order_id'],
      run: (at) => {
        if (draft.method !== null && !method)
          throw noSuch('PaymentMethod', draft.method, 'payment_method', 400);
        const intent = openIntent({ id: this.ids.next('pi'), created: at, ...draft });
        return confirm && method ? confirmIntent(intent, method, { at, authentication }) : { intent };
      },
    };
  }

  private confirm(id: string, form: Form): Prepared {
    const known = this.books.intent(id);
    const authentication = authenticationOf(form);
    const name = form.text('payment_method') ?? known?.method ?? undefined;
    const method = name === undefined ? undefined : paymentMethod(name);
    return {
      method,
      orderId: known && orderOf(known),
      run: (at) => {
        const intent = this.find(id);
        if (name === undefined) throw missing('payment_method');
        if (!method) throw noSuch('PaymentMethod', name, 'payment_method', 400);
        return confirmIntent(intent, method, { at, authentication });
      },
    };
  }

  private capture(id: string, form: Form): Prepared {
    const amount = form.amount('amount_to_capture');
    return {
      orderId: this.orderOf(id),
      run: (at) => {
        const intent = this.find(id);
        return captureIntent(intent, amount, { at, method: methodOf(intent) });
      },
    };
  }

  private cancel(id: string, form: Form): Prepared {
    const reason = form.oneOf('cancellation_reason', cancelReasons) ?? null;
    return { orderId: this.orderOf(id), run: (at) => cancelIntent(this.find(id), reason, at) };
  }

  private refund(form: Form): Prepared {
    const charge = form.text('charge');
    const id = form.text('payment_intent') ?? (charge && `pi_${charge.slice(3)}`);
    if (id === undefined) throw missing('payment_intent');
    const draft = {
      amount: form.amount('amount'),
      reason: form.oneOf('reason', refundReasons) ?? null,
      metadata: form.metadata(),
    };
    return {
      orderId: this.orderOf(id),
      run: (at, { refund }) => {
        const intent = this.find(id, 'payment_intent');
        const named = { id: this.ids.next('re'), created: at, fails: refund?.fate === 'fails', ...draft };
        const fate = refund && refund.fate !== 'fails' ? refund.fate : methodOf(intent)?.refunds;
        return refundIntent(intent, { ...named, fate, turnsIn: refund?.turnsIn ?? LATER_SECONDS });
      },
    };
  }

  private updateDispute(id: string, form: Form): Prepared {
    const evidence = form.text('evidence[uncategorized_text]') ?? '';
    return this.ofDispute(id, (intent, dispute) => answerDispute(intent, dispute, evidence));
  }

  /** Accepts the dispute: it is lost. */
  private closeDispute(id: string): Prepared {
    return this.ofDispute(id, (intent, dispute) => closeDispute(intent, dispute, 'lost'));
  }

  private ofDispute(id: string, run: (intent: Intent, dispute: Dispute) => Outcome): Prepared {
    const known = this.books.dispute(id);
    return {
      orderId: known && this.orderOf(known.intent),
      run: () => {
        const dispute = this.books.dispute(id);
        if (!dispute) throw noSuch('dispute', id, 'dispute');
        return run(this.find(dispute.intent), dispute);
      },
    };
  }

  private find(id: string, param = 'intent'): Intent {
    const intent = this.books.intent(id);
    if (!intent) throw noSuch('payment_intent', id, param);
    return intent;
  }

  private orderOf(id: string): string | null | undefined {
    const intent = this.books.intent(id);
    return intent && orderOf(intent);
  }
}

function checkAmount(amount: number, currency: string): void {
  if (!isCurrency(currency)) throw unknownCurrency(currency);
  const minimum = minimumOf(currency);
  if (amount < minimum) throw amountTooSmall(written(minimum, currency));
  const step = stepOf(currency);
  if (amount % step !== 0) {
    throw invalidParam('amount', `Amounts in ${currency} must be multiples of ${step}; ${amount} is not.`);
  }
}

const methodOf = (intent: Intent): PaymentMethod | undefined =>
  intent.method === null ? undefined : paymentMethod(intent.method);

function authenticationOf(form: Form): Authentication {
  if (form.flag('error_on_requires_action')) return 'refuse';
  const offSession = form.text('off_session');
  return offSession === undefined || offSession === 'false' ? 'ask' : 'off-session';
}
