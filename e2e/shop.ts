import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../libs/testing/src/eventually.ts';
import { type Customer, guest } from './client.ts';
import { theSystem } from './system.ts';

export interface Money {
  amountMinor: number;
  currency: string;
  formatted: string;
}

export interface Product {
  sku: string;
  name: string;
  category: string;
  price: Money;
  available: number;
}

export interface Order {
  id: string;
  number: string;
  status: 'PENDING' | 'CONFIRMED' | 'REJECTED' | 'CANCELLED' | 'NEEDS_ATTENTION';
  total: Money;
  lines: { sku: string; name: string; quantity: number; unitPrice: Money; total: Money }[];
  payment: { status: string; amount: Money; refunded: Money; method: string | null } | null;
  rejection: { code: string; message: string } | null;
  timeline: { at: string; step: string; outcome: string; detail: string | null; traceId: string | null }[];
}

/** Every member of PlaceOrderResult, told apart by `__typename`. */
export interface Placed extends Partial<Omit<Order, 'lines'>> {
  __typename: 'Order' | 'OutOfStock' | 'PaymentDeclined' | 'InvalidOrder' | 'IdempotencyConflict';
  message?: string;
  orderId?: string;
  code?: string;
  issues?: { path: string; message: string }[];
  missing?: { sku: string; requested: number; available: number }[];
}

export interface OrderInput {
  idempotencyKey: string;
  lines: { sku: string; quantity: number }[];
  paymentMethod: string;
  shippingAddress: Record<string, string | null>;
}

export const ADDRESS = {
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  line2: null,
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

const MONEY = '{ amountMinor currency formatted }';
const ORDER = `id number status total ${MONEY}
  lines { sku name quantity unitPrice ${MONEY} total ${MONEY} }
  payment { status amount ${MONEY} refunded ${MONEY} method }
  rejection { code message }
  timeline { at step outcome detail traceId }`;
const PRODUCT = `sku name category available price ${MONEY}`;

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
  ... on Order { id number status total ${MONEY} payment { status } rejection { code message } }
  ... on OutOfStock { message orderId missing: lines { sku requested available } }
  ... on PaymentDeclined { message orderId code }
  ... on InvalidOrder { message issues { path message } }
  ... on IdempotencyConflict { message } } }`;

/** An order as a client writes it. @param lines how many pieces of which sku */
export function orderFor(lines: Record<string, number>, further: Partial<OrderInput> = {}): OrderInput {
  return {
    idempotencyKey: randomUUID(),
    lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
    paymentMethod: 'pm_card_visa',
    shippingAddress: ADDRESS,
    ...further,
  };
}

/** Sends the order once and answers with whatever came back. */
export async function place(customer: Customer, input: OrderInput): Promise<Placed> {
  return (await customer.web<{ placeOrder: Placed }>(PLACE, { input })).placeOrder;
}

/** Sends the order, and again under its key as long as it is on its way, as the contract lets a client do. */
export function placeAndWait(customer: Customer, input: OrderInput): Promise<Placed> {
  return eventually(async () => {
    const placed = await place(customer, input);
    if (placed.status === 'PENDING') throw new Error(`Order ${placed.id} is on its way`);
    return placed;
  });
}

/** An order that went through. @returns its id */
export async function buy(customer: Customer, lines: Record<string, number>): Promise<string> {
  const placed = await placeAndWait(customer, orderFor(lines));
  if (placed.status !== 'CONFIRMED' || placed.id === undefined)
    throw new Error(`Not confirmed: ${JSON.stringify(placed)}`);
  return placed.id;
}

export async function orderOf(customer: Customer, id: string): Promise<Order | null> {
  const query = `query ($id: ID!) { order(id: $id) { ${ORDER} } }`;
  return (await customer.web<{ order: Order | null }>(query, { id })).order;
}

/** Waits until the order's payment has that status (the money moves after the promise). */
export function orderWithPayment(customer: Customer, id: string, status: string): Promise<Order> {
  return eventually(async () => {
    const order = await orderOf(customer, id);
    if (order?.payment?.status !== status)
      throw new Error(`The payment is ${order?.payment?.status}, not ${status}`);
    return order;
  });
}

export async function productOf(sku: string): Promise<Product> {
  const query = `query ($sku: ID!) { product(sku: $sku) { ${PRODUCT} } }`;
  const { product } = await guest().web<{ product: Product | null }>(query, { sku });
  if (!product) throw new Error(`There is no ${sku}`);
  return product;
}

export async function stockOf(sku: string): Promise<number> {
  return (await productOf(sku)).available;
}

export async function everyProduct(): Promise<Product[]> {
  interface Page {
    products: { nodes: Product[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  }
  const query = `query ($after: String) { products(first: 100, after: $after) {
    nodes { ${PRODUCT} } pageInfo { hasNextPage endCursor } } }`;
  const all: Product[] = [];
  for (let after: string | null = null; ;) {
    const { products }: Page = await guest().web<Page>(query, { after });
    all.push(...products.nodes);
    if (!products.pageInfo.hasNextPage) return all;
    after = products.pageInfo.endCursor;
  }
}

/** A product that no other test of this run touches, so that its stock can be counted. */
export async function ownProduct(atLeast = 10, atMost = 1_000): Promise<Product> {
  for (const product of await everyProduct())
    if (product.available >= atLeast && product.available <= atMost && isOurs(product.sku)) return product;
  throw new Error(`No product is left of which there are ${atLeast} to ${atMost}`);
}

function isOurs(sku: string): boolean {
  try {
    mkdirSync(join(theSystem().takenFolder, encodeURIComponent(sku)));
    return true;
  } catch {
    return false;
  }
}
