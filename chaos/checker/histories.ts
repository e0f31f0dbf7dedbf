import { type Violation, violation } from './violation.ts';
import type { HistoryEntry, LedgerEntry, OrderEntry, ReservationEntry, World } from './world.ts';

type Seen = Pick<World, 'histories' | 'steps' | 'ledger' | 'reservations'> & {
  orders: readonly Pick<OrderEntry, 'id' | 'status' | 'total'>[];
};

/** What the participants know of one order. */
interface Known {
  readonly total: number;
  /** A person has to look: what was given back may have come back. */
  readonly attention: boolean;
  readonly money: LedgerEntry | undefined;
  readonly stock: ReservationEntry | undefined;
}

const paid = ({ total, money }: Known, what: 'authorized' | 'captured'): boolean =>
  total === 0 || (money?.[what] ?? 0) > 0;
const givenBack = ({ attention, money }: Known): boolean =>
  attention ||
  !money ||
  (money.authorized === money.captured + money.voided && money.captured === money.refunded);

/** Whether a command that a timeline calls done has had its effect. */
const HAPPENED: Readonly<Record<string, (known: Known) => boolean>> = {
  'inventory.reserve-stock': ({ stock }) => stock?.state !== 'REFUSED' && (stock?.lines.length ?? 0) > 0,
  'inventory.release-stock': ({ stock }) => stock?.state === 'RELEASED' || stock?.state === 'REFUSED',
  'payments.authorize-payment': (known) => paid(known, 'authorized'),
  'payments.capture-payment': (known) => paid(known, 'captured'),
  'payments.void-payment': givenBack,
  'payments.refund-payment': givenBack,
};

/**
 * I14: the journal of every saga replays to the state that is stored; a timeline has lines of its own definition only, and what it
 * calls done was done.
 */
export function checkHistories({ histories, steps, orders, ledger, reservations }: Seen): Violation[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const money = new Map(ledger.map((entry) => [entry.orderId, entry]));
  const stock = new Map(reservations.map((entry) => [entry.orderId, entry]));
  const lines = Map.groupBy(steps, ({ type, sagaId }) => `${type} ${sagaId}`);
  return histories.flatMap((history) => {
    const { sagaId, type, definition, differs } = history;
    const order = byId.get(sagaId);
    const known: Known = {
      total: order?.total ?? 0,
      attention: order?.status === 'NEEDS_ATTENTION',
      money: money.get(sagaId),
      stock: stock.get(sagaId),
    };
    return [
      ...(differs === null ? [] : [`does not replay: ${differs}`]),
      ...untrue(history, lines.get(`${type} ${sagaId}`) ?? [], known),
    ].map((what) => violation('I14', `${type} ${sagaId} (${definition}) ${what}`));
  });
}

function untrue(history: HistoryEntry, lines: World['steps'], known: Known): string[] {
  const steps = new Map(history.steps.map((step) => [step.name, step]));
  return lines.flatMap(({ step, outcome }) => {
    if (step === history.type) return [];
    const asked = steps.get(step);
    if (!asked) return history.moved ? [] : [`has a line of "${step}", which is none of its steps`];
    const command = outcome === 'done' ? asked.command : outcome === 'undone' ? asked.undo : undefined;
    const happened = HAPPENED[command ?? '']?.(known) ?? true;
    return happened ? [] : [`says "${step}" ${outcome}, and ${command} had no effect`];
  });
}
