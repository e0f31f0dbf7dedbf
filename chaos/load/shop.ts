import { randomUUID } from 'node:crypto';
import type { Api, Operation } from '../checker/operation.ts';
import { record, Recorder, traceparentOf } from '../checker/recorder.ts';

const PATIENCE_MS = 15_000;
const PASSWORD = 'a long password for the storm';

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface OrderInput {
  readonly idempotencyKey: string;
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
  readonly shippingAddress: Record<string, string>;
}

/** What one request came to: an answer of the contract, or not knowing whether it had an effect. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly data: T }
  | { readonly kind: 'failed'; readonly status: number; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: string };

export interface Placed {
  readonly __typename: string;
  readonly id?: string;
  readonly orderId?: string;
  readonly status?: string;
}

export interface Product {
  readonly sku: string;
  readonly available: number;
}

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
  ... on Order { id status } ... on OutOfStock { orderId } ... on PaymentDeclined { orderId } } }`;
const CANCEL = `mutation ($id: ID!) { cancelOrder(id: $id) { __typename ... on Order { id status } } }`;
const OUTCOME = '{ code order { id status } }';
const MOBILE_PLACE = `mutation ($input: CheckoutInput!) { checkout(input: $input) ${OUTCOME} }`;
const MOBILE_CANCEL = `mutation ($id: ID!) { cancelOrder(id: $id) ${OUTCOME} }`;
const RESTOCK = `mutation ($sku: ID!, $quantity: Int!) { restock(sku: $sku, quantity: $quantity) { sku available } }`;
const PRODUCTS = `{ products(first: 100) { nodes { sku available } } }`;
const NEWEST = `{ orders(first: 50) { nodes { id status } } }`;

/** What the phone is told: the outcome as a code, the order as a badge. */
interface Told {
  readonly code: string;
  readonly order: { readonly id: string; readonly status: string } | null;
}

interface Session {
  accessToken: string;
  user: { id: string };
}

/** Which API is asked, and what the request belongs to. */
interface How {
  readonly api?: Api;
  readonly operation?: Operation;
}

/** A customer (or member of the staff) at the gateways; one that is away is passed over for the next, as a balancer would. */
export class Customer {
  id = '';
  private token = '';
  private turn = Math.floor(Math.random() * 100);

  private readonly gateways: () => readonly string[];
  private readonly email: string;
  private readonly password: string;
  private readonly recorder: Recorder;

  constructor(
    gateways: () => readonly string[],
    email = `${randomUUID()}@storm.example`,
    password = PASSWORD,
    recorder = new Recorder(),
  ) {
    this.recorder = recorder;
    this.gateways = gateways;
    this.email = email;
    this.password = password;
  }

  /** @throws when the gateway refuses */
  async register(): Promise<this> {
    const body = { email: this.email, password: this.password, name: 'Stormy Weather' };
    return this.signIn(await this.post<Session>('/v1/auth/register', body));
  }

  /** @throws when the gateway refuses */
  async logIn(): Promise<this> {
    return this.signIn(
      await this.post<Session>('/v1/auth/login', { email: this.email, password: this.password }),
    );
  }

  async place(input: OrderInput, api: Api = 'web'): Promise<Answer<{ placeOrder: Placed }>> {
    const operation = this.recorder.operation('place', api, this.id, input.idempotencyKey);
    if (api === 'web') return this.ask(PLACE, { input }, { api, operation });
    const { lines: items, shippingAddress: address, ...rest } = input;
    const wish = { input: { ...rest, items, address } };
    const answer = await this.ask<{ checkout: Told }>(MOBILE_PLACE, wish, { api, operation });
    return mapped(answer, ({ checkout }) => ({ placeOrder: asPlaced(checkout) }));
  }

  async cancel(id: string, api: Api = 'web'): Promise<Answer<{ cancelOrder: Placed }>> {
    const operation = this.recorder.operation('cancel', api, this.id, id);
    if (api === 'web') return this.ask(CANCEL, { id }, { api, operation });
    const answer = await this.ask<{ cancelOrder: Told }>(MOBILE_CANCEL, { id }, { api, operation });
    return mapped(answer, ({ cancelOrder }) => ({ cancelOrder: asPlaced(cancelOrder) }));
  }

  restock(sku: string, quantity: number): Promise<Answer<{ restock: Product }>> {
    return this.ask(RESTOCK, { sku, quantity });
  }

  products(): Promise<Answer<{ products: { nodes: Product[] } }>> {
    return this.ask(PRODUCTS, {});
  }

  newest(): Promise<Answer<{ orders: { nodes: { id: string; status: string }[] } }>> {
    return this.ask(NEWEST, {});
  }

  /** Asks, once; with a new token and once more when this one has expired. */
  async ask<T>(query: string, variables: object, { api = 'web', operation }: How = {}): Promise<Answer<T>> {
    const answer = await this.post<{
      data?: T | null;
      errors?: { message: string; extensions?: { code?: string } }[];
    }>(`/${api}/graphql`, { query, variables }, { api, operation });
    if (hasNoSession(answer)) {
      const session = await this.logIn().catch((error: Error) => error);
      return session instanceof Error
        ? { kind: 'failed', status: 401, code: session.message }
        : this.ask(query, variables, { api, operation });
    }
    if (answer.kind !== 'ok') return answer;
    const { data, errors } = answer.data;
    const code = errors?.[0]?.extensions?.code ?? errors?.[0]?.message;
    if (code === 'DEADLINE_EXCEEDED') return { kind: 'unknown', why: code };
    if (code !== undefined || !data) return { kind: 'failed', status: 200, code: code ?? 'no data' };
    return { kind: 'ok', data };
  }

  private signIn(answer: Answer<Session>): this {
    if (answer.kind !== 'ok') throw new Error(`not signed in: ${JSON.stringify(answer)}`);
    this.token = answer.data.accessToken;
    this.id = answer.data.user.id;
    return this;
  }

  private async post<T>(
    path: string,
    body: object,
    { api = 'web', operation }: How = {},
  ): Promise<Answer<T>> {
    const gateways = this.gateways();
    const gateway = gateways[this.turn++ % gateways.length]!;
    try {
      const response = await fetch(gateway + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.token && { authorization: `Bearer ${this.token}` }),
          ...(operation && { traceparent: traceparentOf(operation) }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const { status, headers } = response;
      const text = await response.text();
      const contentType = headers.get('content-type') ?? '';
      if (operation)
        record(operation, api, { status, contentType, requestId: headers.get('x-request-id'), text });
      const json = JSON.parse(text) as T & { code?: string };
      if (response.ok) return { kind: 'ok', data: json };
      if (response.status === 504) return { kind: 'unknown', why: json.code ?? '504' };
      return { kind: 'failed', status: response.status, code: json.code ?? text.slice(0, 200) };
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      if (operation && !(error instanceof SyntaxError)) record(operation, api, error as Error);
      return { kind: 'unknown', why: cause?.code ?? message };
    }
  }
}

/** Refused for its token, by the gateway or at a field. */
const hasNoSession = (answer: Answer<{ errors?: readonly { extensions?: { code?: string } }[] }>): boolean =>
  answer.kind === 'failed'
    ? answer.status === 401
    : answer.kind === 'ok' && answer.data.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED';

const asPlaced = ({ code, order }: Told): Placed => ({ __typename: code, ...order });

function mapped<T, U>(answer: Answer<T>, map: (data: T) => U): Answer<U> {
  return answer.kind === 'ok' ? { kind: 'ok', data: map(answer.data) } : answer;
}
