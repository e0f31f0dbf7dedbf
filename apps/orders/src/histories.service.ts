import { Injectable } from '@nestjs/common';
import type {
  DataOf,
  ListSagas,
  OrderHistory,
  ReplayedEntryData,
  ReplyOf,
  SagaReplay,
  Whole,
} from '@caravan/contracts';
import { OperatorActions } from '@caravan/outbox';
import { type ReplayedEntry, SagaBook, type SagaEntry } from '@caravan/saga';
import type { Order } from './order.ts';
import { OrdersRepository } from './orders.repository.ts';
import { remediesFor } from './remedy.ts';

const ACTIONS_SHOWN = 50;

type Listed = SagaEntry & { readonly attention?: boolean };

/** How orders went, for those who have to find out why. */
@Injectable()
export class HistoriesService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly book: SagaBook,
    private readonly actions: OperatorActions,
  ) {}

  async listSagas(wanted: DataOf<typeof ListSagas>): Promise<ReplyOf<typeof ListSagas>> {
    const { stuck, limit, definition } = wanted;
    // What runs under a definition is asked for before the definition is taken out: that is about open sagas.
    const failed = wanted.failed && definition === undefined;
    const bounds = { limit: limit + 1, ...(wanted.since && { since: new Date(wanted.since) }) };
    const found = await (failed && !stuck
      ? this.book.failed(bounds)
      : this.book.open({ stuck, definition, ...bounds }));
    // What failed is listed since a time, but what still needs attention is always there.
    const since = (stuck && bounds.since) || new Date(0);
    const attention =
      (stuck || failed) && definition === undefined ? await this.needingAttention(since, bounds.limit) : [];
    const isStuck = (entry: SagaEntry) => entry.stuck && entry.endedAt === null;
    const entries: Listed[] = [
      ...found.filter(isStuck),
      ...attention,
      ...found.filter((entry) => !isStuck(entry) && !attention.some(({ id }) => id === entry.id)),
    ];
    const shown = entries.slice(0, limit);
    const orders = await this.orders.find([...new Set(shown.map(({ id }) => id))]);
    const numbers = new Map(orders.map(({ id, number }) => [id, number]));
    return {
      sagas: shown.map((entry) => toSaga(entry, numbers.get(entry.id) ?? '')),
      more: entries.length > limit,
    };
  }

  /** @param reference the order's id or its number @returns null when there is no such order */
  async replay(reference: string): Promise<SagaReplay | null> {
    const order = await this.orders.findByReference(reference);
    if (!order) return null;
    const journals = await this.book.journals(order.id);
    const sagas = journals.map(({ saga, definition, replayed, differs }) => ({
      type: saga.type,
      definition,
      differs,
      entries: replayed.map(toEntry),
    }));
    return { number: order.number, sagas };
  }

  private async needingAttention(since: Date, limit: number): Promise<Listed[]> {
    const orders = await this.orders.needingAttention(since, limit);
    const entries = await this.book.newestOf(orders.map(({ id }) => id));
    const newest = new Map(entries.map((entry) => [entry.id, entry]));
    return orders.flatMap(({ id, since, reason }) => {
      const entry = newest.get(id);
      return entry ? [{ ...entry, since, lastFailure: reason ?? entry.lastFailure, attention: true }] : [];
    });
  }

  /** @param reference the order's id or its number @returns null when there is no such order */
  async of(reference: string): Promise<OrderHistory | null> {
    const order = await this.orders.findByReference(reference);
    if (!order) return null;
    const [sagas, timeline, actions] = await Promise.all([
      this.book.of(order.id),
      this.book.transitions(order.id),
      this.actions.list({
        actions: ['retry', 'compensate'],
        subject: order.id,
        limit: ACTIONS_SHOWN,
      }),
    ]);
    return {
      ...headOf(order),
      sagas: sagas.map((entry) => toSaga(entry, order.number)),
      timeline: timeline.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
      actions,
      remedies: remediesFor(order, sagas),
    };
  }
}

type Head = Omit<OrderHistory, 'sagas' | 'timeline' | 'actions' | 'remedies'>;

function headOf({ id, number, status, placedAt, totalMinor, currency, ...order }: Order): Whole<Head> {
  return {
    id,
    number,
    status,
    placedAt: placedAt.toISOString(),
    totalMinor,
    currency,
    cancelRequested: order.cancelRequested,
    rejection: order.rejection && `${order.rejection.code}: ${order.rejection.message}`,
    undeliverable: order.undeliverable ?? [],
    traceId: order.traceparent.slice(3, 35),
  };
}

function toSaga({ id, startedAt, since, dueAt, endedAt, ...entry }: Listed, number: string) {
  return {
    orderId: id,
    number,
    ...entry,
    startedAt: startedAt.toISOString(),
    since: since.toISOString(),
    dueAt: dueAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

function toEntry({ entry, saga, answers, asked, differs }: ReplayedEntry): ReplayedEntryData {
  const { failure } = entry;
  return {
    at: new Date((entry.at ?? 0) / 1_000).toISOString(),
    input: entry.input,
    ask: answers?.ask ?? null,
    command: answers?.command ?? null,
    failure: failure ? `${failure.code}: ${failure.message}` : null,
    cause: entry.message ?? entry.trace ?? null,
    lines: entry.log.map(([step, outcome, detail = null]) => ({ step, outcome, detail })),
    state: saga.state,
    step: saga.step,
    waitingFor: saga.ask,
    attempt: saga.attempt,
    stuck: saga.stuck,
    asked: [...asked],
    differs,
  };
}
