import pg from 'pg';

export interface OrderEntry {
  readonly id: string;
  readonly status: string;
  readonly customer_id: string;
  readonly idempotency_key: string;
  readonly total: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}
export interface PaymentEntry {
  readonly order_id: string;
  readonly status: string;
  readonly amount: number;
  readonly refunded: number;
}
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
  readonly on_hand: number;
  readonly reserved: number;
  readonly sold: number;
  readonly received: number;
}

/** What every book says at one moment, read straight from the databases and the card processor. */
export interface Books {
  readonly orders: readonly OrderEntry[];
  readonly payments: readonly PaymentEntry[];
  readonly ledger: readonly LedgerEntry[];
  readonly stock: readonly StockEntry[];
  readonly heldReservations: readonly string[];
  readonly openSagas: readonly string[];
  /** Service → rows that have not left its outbox. */
  readonly outboxes: Readonly<Record<string, number>>;
}

export interface BookShelf {
  /** By service name. */
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly cardProcessorUrl: string;
}

export async function readBooks({ databaseUrls, cardProcessorUrl }: BookShelf): Promise<Books> {
  const read = async <Row extends object>(service: string, sql: string): Promise<Row[]> => {
    const client = new pg.Client(databaseUrls.get(service));
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const outboxes: Record<string, number> = {};
  for (const service of databaseUrls.keys()) {
    outboxes[service] = (await read<{ n: number }>(service, 'SELECT count(*)::int AS n FROM outbox'))[0]!.n;
  }
  return {
    orders: await read(
      'orders',
      'SELECT id, status, customer_id, idempotency_key, total_minor::float8 AS total, lines FROM orders',
    ),
    openSagas: (
      await read<{ id: string }>('orders', `SELECT id FROM saga WHERE state IN ('running', 'undoing')`)
    ).map(({ id }) => id),
    payments: await read(
      'payments',
      'SELECT order_id, status, amount_minor::float8 AS amount, refunded_minor::float8 AS refunded FROM payments',
    ),
    stock: await read('inventory', 'SELECT sku, on_hand, reserved, sold, received FROM stock'),
    heldReservations: (
      await read<{ id: string }>('inventory', `SELECT order_id AS id FROM reservation WHERE state = 'HELD'`)
    ).map(({ id }) => id),
    ledger: (await (await fetch(`${cardProcessorUrl}/sandbox/ledger`)).json()) as LedgerEntry[],
    outboxes,
  };
}
