import type { Books } from './books.ts';
import type { Clock } from './clock.ts';
import type { FaultPlan, FaultRule, Faults } from './fault.ts';
import type { Form } from './form.ts';
import { orderOf } from './intent.ts';
import type { JournalRepository } from './journal.repository.ts';
import type { LookupsService } from './lookups.service.ts';
import type { Operation } from './operation.ts';
import type { Entry, Outcome } from './outcome.ts';
import { FLAKY_FAILURES, SLOW_MS } from './payment-method.ts';
import { keyInUse, keyReused, outage, Refused } from './processor.errors.ts';
import type { Prepared, ProcessorService } from './processor.service.ts';
import type { About, Notifier, RecorderService } from './recorder.service.ts';
import { failed, json, refused, type Manner, type Reply, type Send } from './reply.ts';
import { toAnswer } from './stripe.mapping.ts';

/** One request to the API, read but not yet judged. */
export interface Call {
  readonly operation: Operation;
  readonly changes: boolean;
  readonly id: string;
  readonly form: Form;
  /** Fingerprint of address and parameters; empty without a key. */
  readonly print: string;
  readonly key?: string;
  readonly request: string;
}

/**
 * The life of one call: what goes wrong before it, its idempotency key, its execution, the books, what goes wrong with
 * the answer. The answer under a key is stored once execution began and is the same ever after, a refusal too.
 */
export class CallsService {
  private readonly underWay = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly books: Books,
    private readonly clock: Clock,
    private readonly processor: ProcessorService,
    private readonly lookups: LookupsService,
    private readonly recorder: RecorderService,
    private readonly journal: JournalRepository,
    private readonly faults: Faults,
    private readonly notifier: Pick<Notifier, 'beforeAnswer'>,
  ) {}

  /** Answers through `send`, some time; throws `Refused` for what never began. */
  take(call: Call, send: Send): void {
    if (call.changes) this.change(call, send);
    else this.look(call, send);
  }

  /** Forgets what is under way; those calls are never executed or answered. */
  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.underWay.clear();
  }

  private look({ operation, id, form }: Call, send: Send): void {
    const intent = this.books.intent(id);
    const plan = this.faults.plan(operation, intent && orderOf(intent));
    if (plan.before) {
      this.prevent(plan.before, send);
      return;
    }
    this.in(plan.delayBefore, () => {
      let reply: Reply;
      try {
        reply = json(200, this.lookups.look(operation, id, form, plan.lagMs));
      } catch (error) {
        reply = refused(error);
      }
      this.send(reply, plan, send);
    });
  }

  private change(call: Call, send: Send): void {
    const { key } = call;
    const stored = key === undefined ? undefined : this.books.answer(key, this.clock.seconds());
    if (stored) {
      this.repeat(call, stored, send);
      return;
    }
    if (key !== undefined && this.underWay.has(key)) throw keyInUse(key);
    const prepared = this.processor.prepare(call.operation, call.id, call.form);
    const plan = this.faults.plan(call.operation, prepared.orderId);
    if (plan.before) {
      const { kind, stored: keeps, status, retryAfter } = plan.before;
      if (kind === 'error' && keeps) {
        this.recorder.record({ failure: outage(status, retryAfter) }, this.about(call));
      }
      this.prevent(plan.before, send);
      return;
    }
    const quirk = prepared.method?.quirk;
    if (quirk === 'flaky') this.stumble(prepared.orderId ?? key ?? call.request);
    const wait = plan.delayBefore + (quirk === 'slow' ? SLOW_MS : 0);
    if (wait > 0 && key !== undefined) this.underWay.add(key);
    this.in(wait, () => {
      if (wait > 0 && key !== undefined) this.underWay.delete(key);
      const entry = this.execute(call, prepared, plan);
      this.answer(entry, plan, send, [], quirk === 'lost-answer' ? { kind: 'lost' } : undefined);
    });
  }

  private repeat(call: Call, stored: Entry, send: Send): void {
    if (stored.print !== call.print) throw keyReused(call.key!);
    const plan = this.faults.plan(call.operation, stored.intent && orderOf(stored.intent));
    if (plan.before) {
      this.prevent(plan.before, send);
      return;
    }
    const headers = ['Idempotent-Replayed', 'true', 'Original-Request', stored.request ?? ''];
    this.in(plan.delayBefore, () => this.answer(stored, plan, send, headers));
  }

  private execute(call: Call, prepared: Prepared, plan: FaultPlan): Entry {
    const about = this.about(call);
    let outcome: Outcome;
    try {
      outcome = prepared.run(about.at, plan);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { failure } = error;
      outcome = { failure, intent: failure.showsIntent ? this.books.intent(call.id) : undefined };
    }
    const { after } = plan;
    if (after?.kind === 'error' && after.stored) {
      outcome = { ...outcome, failure: outage(after.status, after.retryAfter) };
    }
    return this.recorder.record(outcome, about);
  }

  private answer(
    entry: Entry,
    plan: FaultPlan,
    send: Send,
    headers: readonly string[],
    quirk?: Manner,
  ): void {
    const { after } = plan;
    const due: Send = (reply) => {
      const webhook = this.notifier.beforeAnswer(entry);
      if (webhook) void webhook.then(() => send(reply));
      else send(reply);
    };
    if (after?.kind === 'error') this.send(failed(outage(after.status, after.retryAfter)), plan, due);
    else this.send({ ...toAnswer(entry), headers }, plan, due, quirk);
  }

  private send(reply: Reply, plan: FaultPlan, send: Send, quirk?: Manner): void {
    const manner = quirk ?? (plan.after?.kind === 'error' ? undefined : plan.after);
    const out = manner ? { ...reply, manner } : reply;
    this.in(plan.delayAfter, () => this.journal.whenWritten(() => send(out)));
  }

  /** The call is not executed: it is answered with an outage, or never. */
  private prevent(rule: FaultRule, send: Send): void {
    const reply = failed(outage(rule.kind === 'error' ? rule.status : 500, rule.retryAfter));
    const out = rule.kind === 'error' ? reply : { ...reply, manner: rule };
    this.journal.whenWritten(() => send(out));
  }

  private about({ request, key, print }: Call): About {
    const at = this.clock.seconds();
    return key === undefined ? { at, request } : { at, request, key, print };
  }

  private stumble(who: string): void {
    if (this.books.stumblesOf(who) >= FLAKY_FAILURES) return;
    this.books.stumbled(who);
    this.journal.append({ stumbled: who });
    throw new Refused(outage(500));
  }

  private in(ms: number, run: () => void): void {
    if (ms === 0) {
      run();
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }
}
