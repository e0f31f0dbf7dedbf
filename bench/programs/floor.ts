import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import pg from 'pg';
import { request } from 'undici';

/**
 * The least that an order can cost in one process: one HTTP request, one transaction, no GraphQL, no messages, no token, no limit.
 * With a card processor's address it also asks that one, before the transaction; else the card is charged by definition.
 */
const { PORT = '0', DATABASE_URL, PRODUCTS_FILE = '', STRIPE_API_BASE, STRIPE_SECRET_KEY = '' } = process.env;

interface Order {
  idempotencyKey: string;
  lines: { sku: string; quantity: number }[];
  paymentMethod: string;
  shippingAddress: object;
}

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(`
  CREATE TABLE product (sku text PRIMARY KEY, name text NOT NULL, price int NOT NULL, stock int NOT NULL CHECK (stock >= 0));
  CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number int GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL UNIQUE, status text NOT NULL, total int NOT NULL, address jsonb NOT NULL, placed_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE order_line (order_id uuid NOT NULL REFERENCES orders, sku text NOT NULL, quantity int NOT NULL, price int NOT NULL, PRIMARY KEY (order_id, sku));
  CREATE TABLE payment (order_id uuid PRIMARY KEY REFERENCES orders, status text NOT NULL, amount int NOT NULL, method text NOT NULL)`);
await pool.query(
  `INSERT INTO product SELECT sku, name, price, stock FROM json_populate_recordset(NULL::product, $1::json)`,
  [readFileSync(PRODUCTS_FILE, 'utf8')],
);

const TAKE = {
  name: 'take',
  text: `UPDATE product p SET stock = stock - w.quantity FROM
    (SELECT l.sku, l.quantity FROM unnest($1::text[], $2::int[]) AS l (sku, quantity) JOIN product USING (sku) ORDER BY sku FOR UPDATE OF product) AS w
    WHERE p.sku = w.sku RETURNING p.sku, p.price, w.quantity`,
};
const PLACE = {
  name: 'place',
  text: `INSERT INTO orders (key, status, total, address) VALUES ($1, 'CONFIRMED', $2, $3) RETURNING id, number`,
};
const REJECT = {
  name: 'reject',
  text: `INSERT INTO orders (key, status, total, address) VALUES ($1, 'REJECTED', 0, $2)`,
};
const LINES = {
  name: 'lines',
  text: 'INSERT INTO order_line SELECT $1, * FROM unnest($2::text[], $3::int[], $4::int[])',
};
const PAY = { name: 'pay', text: `INSERT INTO payment VALUES ($1, 'CAPTURED', $2, $3)` };

async function place({ idempotencyKey, lines, paymentMethod, shippingAddress }: Order): Promise<object> {
  const paid = STRIPE_API_BASE
    ? await charge(idempotencyKey, paymentMethod)
    : !paymentMethod.endsWith('Declined');
  if (!paid) return reject(idempotencyKey, shippingAddress);
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const taken = await client.query<{ sku: string; price: number; quantity: number }>({
      ...TAKE,
      values: [lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity)],
    });
    const total = taken.rows.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
    const placed = await client.query<{ id: string; number: number }>({
      ...PLACE,
      values: [idempotencyKey, total, shippingAddress],
    });
    const { id, number } = placed.rows[0]!;
    const columns = (['sku', 'quantity', 'price'] as const).map((name) => taken.rows.map((row) => row[name]));
    await client.query({ ...LINES, values: [id, ...columns] });
    await client.query({ ...PAY, values: [id, total, paymentMethod] });
    await client.query('COMMIT');
    return { id, number, status: 'CONFIRMED', total };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function reject(key: string, address: object): Promise<object> {
  await pool.query({ ...REJECT, values: [key, address] });
  return { status: 'REJECTED' };
}

/** @returns false for a declined card */
async function charge(orderId: string, method: string): Promise<boolean> {
  const { statusCode, body } = await request(`${STRIPE_API_BASE}/v1/payment_intents`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${STRIPE_SECRET_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      amount: '5000',
      currency: 'eur',
      payment_method: method,
      confirm: 'true',
      'metadata[order_id]': orderId,
    }).toString(),
  });
  const text = await body.text();
  if (statusCode === 402) return false;
  if (statusCode !== 200) throw new Error(`the card processor answered ${statusCode}: ${text.slice(0, 200)}`);
  return true;
}

const app = fastify();
app.post<{ Body: Order }>('/orders', (call) => place(call.body));
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.send?.({ ready: true });
