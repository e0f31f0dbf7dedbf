import { z } from 'zod';
import { operations, type Operation } from './operation.ts';
import type { RefundFate } from './refund.ts';

const kinds = [
  'delay',
  'error',
  'garbage',
  'drip',
  'lost',
  'reset',
  'refund-fails',
  'refund-fails-later',
  'refund-pending',
  'refund-pending-fails',
  'stale',
  'duplicate',
  'repeat',
  'early',
  'reorder',
  'fresh',
  'bad-signature',
  'old',
  'unknown-payment',
] as const;

/** One rule: what goes wrong, on which call, how often. README.md says what each kind does. */
export const faultRule = z.strictObject({
  operation: z.enum(['*', 'webhook', ...operations]),
  kind: z.enum(kinds),
  probability: z.number().min(0).max(1).default(1),
  /** Fires at most so many times. */
  count: z.int().positive().optional(),
  /** Only for this order's payment. */
  orderId: z.string().optional(),
  /** Only for webhooks of this event type. */
  event: z.string().optional(),
  /** Before the call is executed (it may never be) or after, on the way back. */
  when: z.enum(['before', 'after']).optional(),
  delayMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .optional(),
  status: z.int().min(400).max(599).default(500),
  retryAfter: z.int().min(0).max(3600).optional(),
  /** The error is kept under the idempotency key, as Stripe keeps its own 500s. */
  stored: z.boolean().default(false),
});
export const faultSet = z.strictObject({
  seed: z.int().default(1),
  faults: z.array(faultRule).max(100),
});

export type FaultRule = z.infer<typeof faultRule>;
export type FaultSet = z.infer<typeof faultSet>;

/** What goes wrong with one call. */
export interface FaultPlan {
  readonly delayBefore: number;
  readonly delayAfter: number;
  /** Instead of executing the call. */
  readonly before?: FaultRule;
  /** To the answer of the executed call. */
  readonly after?: FaultRule;
  /** What becomes of a refund, and after how many seconds. */
  readonly refund?: { readonly fate: 'fails' | RefundFate; readonly turnsIn?: number };
  /** Search does not see payments younger than this. */
  readonly lagMs: number;
}

/** What goes wrong with the delivery of one event. */
export interface DeliveryPlan {
  readonly delayMs: number;
  readonly copies: number;
  /** Once more, so many ms after the first time. */
  readonly repeatMs?: number;
  /** The answer of the call waits until the webhook was tried. */
  readonly early: boolean;
  /** Waits until another event of the same payment was tried, so many ms at most. */
  readonly reorderMs?: number;
  /** Shows the object as it is when the webhook is sent, not as it was at the event. */
  readonly fresh: boolean;
  readonly lost: boolean;
  readonly badSignature: boolean;
  readonly old: boolean;
  readonly unknownPayment: boolean;
}

const QUIET: FaultPlan = { delayBefore: 0, delayAfter: 0, lagMs: 0 };
const DELIVER: DeliveryPlan = {
  delayMs: 0,
  copies: 1,
  early: false,
  fresh: false,
  lost: false,
  badSignature: false,
  old: false,
  unknownPayment: false,
};
const DEFAULT_DELAY_MS = 1_000;

/** The rules in force. Each has its own dice, so that a seed gives the same faults whatever the others do. */
export class Faults {
  private seed = 1;
  private rules: { rule: FaultRule; fired: number; dice: () => number }[] = [];

  /** Puts these rules in place of those before. */
  set({ seed, faults }: FaultSet): void {
    this.seed = seed;
    this.rules = faults.map((rule, index) => ({ rule, fired: 0, dice: mulberry32(seed + index * 7919) }));
  }

  describe(): object {
    return { seed: this.seed, faults: this.rules.map(({ rule, fired }) => ({ ...rule, fired })) };
  }

  plan(operation: Operation, orderId: string | null | undefined): FaultPlan {
    if (this.rules.length === 0) return QUIET;
    let plan = QUIET;
    for (const rule of this.roll([operation, '*'], orderId)) {
      if (rule.kind === 'delay') {
        const delay = rule.delayMs ?? DEFAULT_DELAY_MS;
        plan =
          rule.when === 'after'
            ? { ...plan, delayAfter: plan.delayAfter + delay }
            : { ...plan, delayBefore: plan.delayBefore + delay };
      } else if (isRefundKind(rule.kind))
        plan = { ...plan, refund: plan.refund ?? refundFate(rule.kind, rule) };
      else if (rule.kind === 'stale') plan = { ...plan, lagMs: rule.delayMs ?? 60_000 };
      else if ((rule.when ?? (rule.kind === 'error' ? 'before' : 'after')) === 'before') {
        plan = { ...plan, before: plan.before ?? rule };
      } else plan = { ...plan, after: plan.after ?? rule };
    }
    return plan;
  }

  planDelivery(event: string, orderId: string | null | undefined): DeliveryPlan {
    if (this.rules.length === 0) return DELIVER;
    let plan = DELIVER;
    for (const rule of this.roll(['webhook'], orderId, event)) {
      if (rule.kind === 'delay')
        plan = { ...plan, delayMs: plan.delayMs + (rule.delayMs ?? DEFAULT_DELAY_MS) };
      else if (rule.kind === 'duplicate') plan = { ...plan, copies: plan.copies + 1 };
      else if (rule.kind === 'repeat') plan = { ...plan, repeatMs: rule.delayMs ?? 5_000 };
      else if (rule.kind === 'early') plan = { ...plan, early: true };
      else if (rule.kind === 'reorder') plan = { ...plan, reorderMs: rule.delayMs ?? 60_000 };
      else if (rule.kind === 'fresh') plan = { ...plan, fresh: true };
      else if (rule.kind === 'lost') plan = { ...plan, lost: true };
      else if (rule.kind === 'bad-signature') plan = { ...plan, badSignature: true };
      else if (rule.kind === 'old') plan = { ...plan, old: true };
      else if (rule.kind === 'unknown-payment') plan = { ...plan, unknownPayment: true };
    }
    return plan;
  }

  private roll(on: readonly string[], orderId: string | null | undefined, event?: string): FaultRule[] {
    const fired: FaultRule[] = [];
    for (const entry of this.rules) {
      const { rule } = entry;
      if (!on.includes(rule.operation)) continue;
      if (rule.orderId !== undefined && rule.orderId !== orderId) continue;
      if (rule.event !== undefined && rule.event !== event) continue;
      if (rule.count !== undefined && entry.fired >= rule.count) continue;
      if (entry.dice() >= rule.probability) continue;
      entry.fired += 1;
      fired.push(rule);
    }
    return fired;
  }
}

const refundFates = {
  'refund-fails': 'fails',
  'refund-fails-later': 'fails-later',
  'refund-pending': 'pending',
  'refund-pending-fails': 'pending-fails',
} as const;

const isRefundKind = (kind: FaultRule['kind']): kind is keyof typeof refundFates => kind in refundFates;

const refundFate = (kind: keyof typeof refundFates, { delayMs }: FaultRule): FaultPlan['refund'] => ({
  fate: refundFates[kind],
  turnsIn: delayMs === undefined ? undefined : Math.ceil(delayMs / 1000),
});

/** A small seeded generator of numbers in [0, 1) (Tommy Ettinger's mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
