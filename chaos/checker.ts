import type { Books } from './books.ts';

/** What a client knows of one operation after having settled it by repeating its key. */
export interface Recorded {
  readonly key: string;
  readonly orderId: string;
}

/**
 * Whether the books agree when all is quiet. The invariants are those of the promises, by their numbers.
 * @returns every violation in words; none means the books balance
 */
export function check(books: Books, recorded: readonly Recorded[] = []): string[] {
  return [
    ...ordersExist(books, recorded),
    ...allFinal(books),
    ...money(books),
    ...stock(books),
    ...nothingWaits(books),
  ];
}

/** I1: every order a client was told of exists under his key, one order a key. */
function ordersExist({ orders }: Books, recorded: readonly Recorded[]): string[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const keys = new Map<string, number>();
  for (const order of orders) {
    const key = `${order.customer_id} ${order.idempotency_key}`;
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }
  const lost = recorded.filter(({ key, orderId }) => byId.get(orderId)?.idempotency_key !== key);
  const doubled = [...keys].filter(([, count]) => count > 1);
  return [
    ...lost.map(({ key }) => `I1 the order under key ${key} is not there`),
    ...doubled.map(([key]) => `I1 several orders under key ${key}`),
  ];
}

/** I2: nothing is still on its way. */
function allFinal({ orders, openSagas }: Books): string[] {
  const pending = orders
    .filter((order) => order.status === 'PENDING')
    .map((order) => `I2 order ${order.id} is still PENDING`);
  return [...pending, ...openSagas.map((id) => `I2 a saga of order ${id} is still open`)];
}

/** I3: captured − refunded is the total of a confirmed order and 0 of any other; never twice; both ledgers agree. */
function money({ orders, payments, ledger }: Books): string[] {
  const entries = new Map(ledger.map((entry) => [entry.orderId, entry]));
  const payment = new Map(payments.map((entry) => [entry.order_id, entry]));
  const known = new Set(orders.map((order) => order.id));
  const violations = ledger
    .filter((entry) => !known.has(entry.orderId))
    .map((entry) => `I3 money of an unknown order ${entry.orderId}`);
  for (const { id, status, total } of orders) {
    const entry = entries.get(id);
    const taken = (entry?.captured ?? 0) - (entry?.refunded ?? 0);
    const expected = status === 'CONFIRMED' ? total : 0;
    if (taken !== expected)
      violations.push(`I3 order ${id} (${status}): ${taken} taken instead of ${expected}`);
    if (entry && (entry.captures > 1 || entry.refunds > 1 || entry.authorizations > 1))
      violations.push(`I3 order ${id}: ${JSON.stringify(entry)}`);
    if (entry && entry.authorized !== entry.captured + entry.voided)
      violations.push(`I3 order ${id}: money still set aside, ${JSON.stringify(entry)}`);
    const own = payment.get(id);
    const ownTaken =
      own && (own.status === 'CAPTURED' || own.status === 'REFUNDED') ? own.amount - own.refunded : 0;
    if (ownTaken !== taken)
      violations.push(`I3 order ${id}: payments says ${ownTaken} (${own?.status}), the processor ${taken}`);
  }
  return violations;
}

/** I4: every piece is somewhere, and what confirmed orders hold is what was sold. */
function stock({ orders, stock: rows, heldReservations }: Books): string[] {
  const sold = new Map<string, number>();
  for (const order of orders.filter(({ status }) => status === 'CONFIRMED')) {
    for (const { sku, quantity } of order.lines) sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  }
  const violations = heldReservations.map((id) => `I4 a reservation of order ${id} is still held`);
  for (const row of rows) {
    if (Math.min(row.on_hand, row.reserved, row.sold) < 0)
      violations.push(`I4 ${row.sku} is negative: ${JSON.stringify(row)}`);
    if (row.received !== row.on_hand + row.reserved + row.sold)
      violations.push(`I4 ${row.sku} does not add up: ${JSON.stringify(row)}`);
    if (row.reserved !== 0) violations.push(`I4 ${row.sku}: ${row.reserved} still reserved`);
    if (row.sold !== (sold.get(row.sku) ?? 0))
      violations.push(`I4 ${row.sku}: ${row.sold} sold, confirmed orders hold ${sold.get(row.sku) ?? 0}`);
  }
  return violations;
}

/** I6: nothing waits in an outbox. */
function nothingWaits({ outboxes }: Books): string[] {
  return Object.entries(outboxes).flatMap(([service, rows]) =>
    rows > 0 ? [`I6 ${rows} message(s) wait in the outbox of ${service}`] : [],
  );
}
