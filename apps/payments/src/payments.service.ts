import { Injectable } from '@nestjs/common';
import type { AuthorizePayment, DataOf, Payment as PaymentView } from '@caravan/contracts';
import { Failure } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { bursts } from './bursts.ts';
import { BURST_MS, OperationsService, type Result, type Told } from './operations.service.ts';
import type { Ask, Verb } from './ask.ts';
import { viewOfDispute } from './dispute.ts';
import { Payment, type Verdict } from './payment.ts';
import { notCapturable } from './payment.errors.ts';
import { PaymentsRepository } from './payments.repository.ts';

type Command = Message<{ orderId: string }>;
type Authorize = Message<DataOf<typeof AuthorizePayment>>;

/** What a batch comes to before the processor is asked: which payments to call for, and what is answered at once. */
interface Intent {
  calls: Payment[];
  answers: Map<string, Failure>;
}

/** A slow answer is waited for this long together with its batch; then the batch goes on and it is recorded when it comes. */
const PATIENCE_MS = 500;

/**
 * A batch of commands: the intent is recorded, the processor is called, the results are recorded and answered.
 * The inbox is touched by the last step only: a crash before it brings the batch again, and the same calls under the
 * same idempotency keys. A capture's intent is not recorded: its command is durable and its outcome is the same under its key.
 */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly operations: OperationsService,
    private readonly uow: UnitOfWork,
  ) {}

  authorize(messages: Authorize[]): Promise<void> {
    return this.run('authorize', messages, () => this.intendToAuthorize(messages));
  }

  capture(messages: Command[]): Promise<void> {
    return this.run('capture', messages, () => this.intendToCapture(messages));
  }

  void(messages: Command[]): Promise<void> {
    return this.run('void', messages, () => this.intend('void', messages));
  }

  refund(messages: Command[]): Promise<void> {
    return this.run('refund', messages, () => this.intend('refund', messages));
  }

  /** The payments of each list of orders. */
  async find(requests: string[][]): Promise<PaymentView[][]> {
    const rows = await this.payments.find([...new Set(requests.flat())]);
    return requests.map((orderIds) => orderIds.flatMap((orderId) => rows.get(orderId) ?? []).map(viewOf));
  }

  private async run(verb: Verb, messages: Command[], intend: () => Promise<Intent>): Promise<void> {
    await this.operations.room();
    const { calls, answers } = await intend();
    const left = new Map<string, Command[]>();
    for (const message of messages)
      left.set(message.data.orderId, [...(left.get(message.data.orderId) ?? []), message]);
    const finish = async (orderIds: string[], results: Result[]) => {
      const batch = orderIds.flatMap((orderId) => left.get(orderId) ?? []);
      for (const orderId of orderIds) left.delete(orderId);
      if (batch.length === 0) return;
      const inFlight = results.length > 0 ? [] : calls.filter(({ orderId }) => orderIds.includes(orderId));
      await this.finish(verb, batch, answers, { results, inFlight });
    };

    const called = new Set(calls.map((payment) => payment.orderId));
    const pending = calls.map((payment) => this.operations.perform(payment, false));
    await finish(
      [...left.keys()].filter((orderId) => !called.has(orderId)),
      [],
    );
    for await (const burst of bursts(pending, BURST_MS, PATIENCE_MS)) {
      await finish(
        burst.map(({ payment }) => payment.orderId),
        burst,
      );
    }
    const slow = pending.filter((_, i) => left.has(calls[i]?.orderId ?? ''));
    await finish([...left.keys()], []);
    this.operations.settleLater(slow);
  }

  /** Records results and answers; a command whose answer is still open stays with its payment. */
  private async finish(
    verb: Verb,
    messages: Command[],
    answers: Map<string, Failure>,
    { results, inFlight }: { results: Result[]; inFlight: Payment[] },
  ): Promise<void> {
    let begun: Payment[] = [];
    await this.uow.consume(
      messages,
      (tx) => this.payments.lock(tx, ordersOf(messages)),
      async (fresh, tx, rows) => {
        const told: Told[] = fresh.map((message) => ({
          orderId: message.data.orderId,
          ask: askOf(verb, message),
          answer: answers.get(message.id),
        }));
        begun = this.operations.record(tx, rows, results, told, inFlight);
      },
    );
    this.operations.pursue(begun);
  }

  /** New payments are inserted as pending; the others are asked what they say. */
  private async intendToAuthorize(messages: Authorize[]): Promise<Intent> {
    const fresh = new Map<string, Payment>();
    for (const { id, data } of messages)
      if (!fresh.has(data.orderId)) fresh.set(data.orderId, Payment.pending(data.orderId, termsOf(data), id));
    const inserted = await this.payments.insert([...fresh.values()]);
    const known = [...fresh.keys()].filter((orderId) => !inserted.has(orderId));
    const rows =
      known.length > 0
        ? await this.uow.run((tx) => this.payments.lock(tx, known))
        : new Map<string, Payment>();
    for (const orderId of inserted) rows.set(orderId, fresh.get(orderId) as Payment);
    return judge(messages, rows, (payment, { id, data }) => payment.authorize(termsOf(data), id));
  }

  /** Notes nothing before the calls, but for holds that are authorized anew: a void must find those. */
  private async intendToCapture(messages: Command[]): Promise<Intent> {
    const rows = await this.payments.find(ordersOf(messages));
    const { calls } = judge(messages, rows, (payment, { id }) => payment.capture(id));
    const renewed = new Set(calls.filter(isRenewed).map(({ orderId }) => orderId));
    const noted =
      renewed.size > 0
        ? await this.intend(
            'capture',
            messages.filter(({ data }) => renewed.has(data.orderId)),
          )
        : { calls: [], answers: new Map<string, Failure>() };
    for (const { id, data } of messages) if (!rows.has(data.orderId)) noted.answers.set(id, notCapturable());
    return {
      calls: [...calls.filter((payment) => !isRenewed(payment)), ...noted.calls],
      answers: noted.answers,
    };
  }

  /** Opens the operation on payments that allow it; what was called off before it began leaves a tombstone. */
  private intend(verb: 'capture' | 'void' | 'refund', messages: Command[]): Promise<Intent> {
    return this.uow.run(async (tx) => {
      const orderIds = ordersOf(messages);
      const rows = await this.payments.lock(tx, orderIds);
      const missing = orderIds.filter((orderId) => !rows.has(orderId));
      if (verb !== 'capture' && missing.length > 0) {
        await this.payments.insert(
          missing.map((orderId) => Payment.tombstone(orderId)),
          tx,
        );
      }
      const idle = [...rows.values()].filter((payment) => !payment.operation);
      const intent = judge(messages, rows, (payment, { id }) => payment[verb](id));
      const begun = idle.filter((payment) => payment.operation);
      for (const payment of begun) payment.dueInMs = this.operations.leaseMs;
      this.payments.save(tx, begun, this.operations.leaseMs);
      return intent;
    });
  }
}

/** This command has opened an authorization instead of the capture. */
const isRenewed = ({ operation, reopened }: Payment): boolean => reopened && operation !== 'capture';

const termsOf = ({ amountMinor, currency, paymentMethod }: DataOf<typeof AuthorizePayment>) => ({
  amountMinor,
  currency,
  method: paymentMethod,
});

const ordersOf = (messages: readonly Command[]): string[] => [
  ...new Set(messages.map(({ data }) => data.orderId)),
];

function judge<M extends Command>(
  messages: M[],
  rows: Map<string, Payment>,
  verdictOn: (payment: Payment, message: M) => Verdict,
): Intent {
  const calls = new Set<Payment>();
  const answers = new Map<string, Failure>();
  for (const message of messages) {
    const payment = rows.get(message.data.orderId);
    const verdict = payment && verdictOn(payment, message);
    if (verdict instanceof Failure) answers.set(message.id, verdict);
    if (payment && verdict === 'call') calls.add(payment);
  }
  return { calls: [...calls], answers };
}

function askOf(verb: Verb, { id, type, traceparent, replyTo, sagaId, ask }: Command): Ask {
  return { verb, id, type, traceparent, replyTo, sagaId, ask };
}

function viewOf(payment: Payment): PaymentView {
  const { orderId, status, amountMinor, refundedMinor, currency, method, dispute } = payment;
  const view = { orderId, status, amountMinor, refundedMinor, currency, method };
  return dispute ? { ...view, dispute: viewOfDispute(dispute, currency) } : view;
}
