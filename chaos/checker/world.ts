import type { Operation } from './operation.ts';

export interface OrderEntry {
  readonly id: string;
  readonly status: string;
  /** The code of the failure that a rejected order was given. */
  readonly rejection: string | null;
  readonly customerId: string;
  readonly key: string;
  readonly total: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly traceId: string;
  /** Placed after the journal was opened: everything that was ever said about it stands there. */
  readonly journaled: boolean;
}
export interface PaymentEntry {
  readonly orderId: string;
  readonly status: string;
  /** What is open at the card processor. */
  readonly operation: string | null;
  readonly amount: number;
  readonly refunded: number;
}
/** One line of the card processor's own ledger. */
export interface LedgerEntry {
  readonly orderId: string;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly voided: number;
  readonly authorizations: number;
  readonly captures: number;
  readonly refunds: number;
}
export interface StockEntry {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly sold: number;
  readonly received: number;
}
export interface ReservationEntry {
  readonly orderId: string;
  readonly state: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}
export interface SagaEntry {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly stuck: boolean;
}
/** A line of a saga's own log. */
export interface StepEntry {
  readonly sagaId: string;
  readonly type: string;
  readonly step: string;
  readonly outcome: string;
}
/** A saga's journal, replayed. */
export interface HistoryEntry {
  readonly sagaId: string;
  readonly type: string;
  /** Name of the definition that it runs under. */
  readonly definition: string;
  /** It began under another one. */
  readonly moved: boolean;
  /** Where the replay differs from what is stored; null when it does not. */
  readonly differs: string | null;
  /** The journal as `npm run chaos -- … --journals` records it, in JSON; absent when it does not tell the whole story. */
  readonly recorded?: string;
  /** The definition's steps, with the commands that do and undo them. */
  readonly steps: readonly { readonly name: string; readonly command?: string; readonly undo?: string }[];
}
/** A definition that a release has among its released ones; `ReleasedDefinition` of libs/saga is one. */
export type Released = Parameters<typeof import('./replay-journals.ts').catalogueOf>[0][number];
export interface NotificationEntry {
  readonly orderId: string;
  readonly kind: string;
  readonly traceId: string;
}

/** A message as the outbox of `from` has held it. */
export interface Published {
  readonly id: string;
  readonly from: string;
  readonly type: string;
  readonly routingKey: string;
  readonly traceId: string;
  readonly orderId: string | null;
  /** For an answer to a saga: which question of which saga it answers. */
  readonly question: string | null;
}
/** A state that moved. */
export interface Change {
  readonly what: 'orders' | 'payments' | 'reservation' | 'saga';
  readonly key: string;
  readonly was: string;
  readonly became: string;
}

export interface Queue {
  readonly name: string;
  readonly messages: number;
  readonly consumers: number;
  /** Undefined: however many. */
  readonly expectedConsumers?: number;
}
export interface DeadLetter {
  readonly service: string;
  readonly reason: string;
  /** The body, from which its sender knows it again. */
  readonly body: string;
}
/** What was sent to be refused: a piece of its body by which it is known again. */
export interface Poison {
  readonly service: string;
  readonly mark: string;
}

export interface ProcessEntry {
  readonly label: string;
  readonly rssMb: number | null;
  /** What it held when it was warm; null: not compared. */
  readonly rssBeforeMb: number | null;
  /** Last words of processes that ended by an error of their own. */
  readonly lastWords: readonly string[];
}

/** Everything there is to be seen at one moment. */
export interface World {
  readonly orders: readonly OrderEntry[];
  readonly sagas: readonly SagaEntry[];
  /** In the order in which they were written. */
  readonly steps: readonly StepEntry[];
  readonly histories: readonly HistoryEntry[];
  readonly payments: readonly PaymentEntry[];
  readonly ledger: readonly LedgerEntry[];
  readonly stock: readonly StockEntry[];
  readonly reservations: readonly ReservationEntry[];
  readonly notifications: readonly NotificationEntry[];
  readonly published: readonly Published[];
  readonly changes: readonly Change[];
  /** Service → rows that have not left its outbox. */
  readonly outboxes: Readonly<Record<string, number>>;
  /** Service → the messages that have entered its inbox, as often as they did. */
  readonly inboxes: Readonly<Record<string, readonly string[]>>;
  readonly queues: readonly Queue[];
  readonly deadLetters: readonly DeadLetter[];
  readonly poison: readonly Poison[];
  readonly processes: readonly ProcessEntry[];
  /** Sessions that hold a transaction or a lock without working, in words. */
  readonly idleHolders: readonly string[];
  readonly operations: readonly Operation[];
  /** Everybody who buys here records it: an order that no operation knows is nobody's. */
  readonly recordedByAll: boolean;
}
