import type { Task } from './generator.ts';

const PASSWORD = 'a long password for the bench';
const LINES = 3;
const BODIES = 512;
const PIECES = 1_000_000;

const PLACE = `mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on Order { id number status total { amountMinor currency formatted } }
    ... on OutOfStock { message orderId lines { sku requested available } }
    ... on PaymentDeclined { message orderId code }
    ... on InvalidOrder { message issues { path message } }
    ... on IdempotencyConflict { message }
  }
}`;
const LIST = `query Products { products(first: 20) {
  nodes { sku name category imageUrl price { amountMinor currency formatted } available }
  pageInfo { hasNextPage endCursor } totalCount
} }`;
const RESTOCK = `mutation Restock($sku: ID!, $quantity: Int!) { restock(sku: $sku, quantity: $quantity) { sku available } }`;

const ADDRESS = {
  name: 'Ada Bench',
  line1: '1 Quay Street',
  city: 'Galway',
  postalCode: 'H91',
  country: 'IE',
};

/** What is done, without how much and how long. */
export type Work = Pick<Task, 'path' | 'bodies' | 'authorizations' | 'outcomes'>;

interface Session {
  accessToken: string;
}

/** Prepares the shop through its front door: customers, and so much stock that nothing sells out. */
export class Shop {
  private readonly gateway: string;

  constructor(gateway: string) {
    this.gateway = gateway;
  }

  async customers(count: number): Promise<string[]> {
    const tokens: string[] = [];
    for (let n = 0; n < count; n++) {
      const email = `bench-${n}@example.com`;
      const session = await this.post<Session>('/v1/auth/register', {
        email,
        password: PASSWORD,
        name: `Bench ${n}`,
      });
      tokens.push(`Bearer ${session.accessToken}`);
    }
    return tokens;
  }

  /** Restocks the first `count` products. @returns their skus */
  async stockedSkus(count: number): Promise<string[]> {
    const { accessToken } = await this.post<Session>('/v1/auth/login', {
      email: 'staff@example.com',
      password: 'caravan-demo',
    });
    const { products } = await this.ask<{ products: { nodes: { sku: string }[] } }>(
      `{ products(first: ${count}) { nodes { sku } } }`,
      {},
    );
    const skus = products.nodes.map(({ sku }) => sku);
    for (const sku of skus) await this.ask(RESTOCK, { sku, quantity: PIECES }, `Bearer ${accessToken}`);
    return skus;
  }

  private async ask<T>(query: string, variables: object, authorization?: string): Promise<T> {
    const answer = await this.post<{ data?: T; errors?: unknown }>(
      '/web/graphql',
      { query, variables },
      authorization,
    );
    if (answer.errors || !answer.data) throw new Error(`GraphQL: ${JSON.stringify(answer.errors)}`);
    return answer.data;
  }

  private async post<T>(path: string, body: object, authorization?: string): Promise<T> {
    const response = await fetch(this.gateway + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}

/** An order of three lines, one piece each, under a new key every time; the lines wander over all skus. */
export function checkouts(skus: readonly string[], authorizations: string[]): Work {
  const bodies = Array.from({ length: BODIES }, (_, n) => {
    const first = (n * LINES) % skus.length;
    const step = 1 + (Math.floor((n * LINES) / skus.length) % Math.floor((skus.length - 1) / LINES));
    const lines = Array.from({ length: LINES }, (_, line) => ({
      sku: skus[(first + line * step) % skus.length]!,
      quantity: 1,
    }));
    const input = { lines, paymentMethod: 'pm_card_visa', shippingAddress: ADDRESS, idempotencyKey: '*KEY*' };
    const [head = '', tail = ''] = JSON.stringify({ query: PLACE, variables: { input } }).split('*KEY*');
    return { head, tail };
  });
  return {
    path: '/web/graphql',
    bodies,
    authorizations,
    outcomes: ['"__typename":"(?!Order")(\\w+)"', '"status":"(\\w+)"', '"code":"([\\w.-]+)"'],
  };
}

/** The first page of the catalogue, as anybody sees it. */
export function productList(): Work {
  return {
    path: '/web/graphql',
    bodies: [{ head: JSON.stringify({ query: LIST }), tail: '' }],
    authorizations: [],
    outcomes: ['"errors":', '"(nodes)":\\[\\{'],
  };
}
