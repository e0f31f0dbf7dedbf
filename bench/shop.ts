import type { Work } from './work.ts';

export const PASSWORD = 'a long password for the bench';
/** Of each product: nothing sells out. */
export const PIECES = 1_000_000;
const PAGE = 50;

const CATALOGUE = `query Catalogue($first: Int!, $after: String) { products(first: $first, after: $after) {
  nodes { sku name description category imageUrl price { amountMinor } } pageInfo { hasNextPage endCursor }
} }`;
const RESTOCK = `mutation Restock($sku: ID!, $quantity: Int!) { restock(sku: $sku, quantity: $quantity) { sku available } }`;

export interface Customer {
  email: string;
  authorization: string;
}

export interface Article {
  sku: string;
  name: string;
  description: string;
  category: string;
  imageUrl: string;
  price: { amountMinor: number };
}

interface Session {
  accessToken: string;
}

interface Page {
  products: { nodes: Article[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}

/** Prepares a shop through its front door. */
export class Shop {
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** @param name theirs and that of their addresses, which nobody else may have here */
  async customers(count: number, name = 'Bench'): Promise<Customer[]> {
    const customers: Customer[] = [];
    for (let n = 0; n < count; n++) {
      const email = `${name.toLowerCase()}-${n}@example.com`;
      const registration = { email, password: PASSWORD, name: `${name} ${n}` };
      const { accessToken } = await this.post<Session>('/v1/auth/register', registration);
      customers.push({ email, authorization: `Bearer ${accessToken}` });
    }
    return customers;
  }

  /** @returns their authorizations, anew: a token lasts for a quarter of an hour, a run may take longer */
  async logIn(customers: readonly Customer[]): Promise<string[]> {
    const authorizations: string[] = [];
    for (const { email } of customers) {
      const { accessToken } = await this.post<Session>('/v1/auth/login', { email, password: PASSWORD });
      authorizations.push(`Bearer ${accessToken}`);
    }
    return authorizations;
  }

  async catalogue(): Promise<Article[]> {
    const articles: Article[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { products }: Page = await this.ask<Page>(CATALOGUE, { first: PAGE, after });
      articles.push(...products.nodes);
      ({ endCursor: after, hasNextPage: more } = products.pageInfo);
    }
    return articles;
  }

  async restock(skus: readonly string[]): Promise<void> {
    const { accessToken } = await this.post<Session>('/v1/auth/login', {
      email: 'staff@example.com',
      password: 'caravan-demo',
    });
    for (const sku of skus) await this.ask(RESTOCK, { sku, quantity: PIECES }, `Bearer ${accessToken}`);
  }

  /** Places so many of these orders that are to be confirmed, each by the customer whose turn it is. @returns their ids */
  async orders({ path, bodies: all, authorizations }: Work, count: number): Promise<string[]> {
    const bodies = all.filter(({ due }) => due === 'CONFIRMED');
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const { head, tail } = bodies[n % bodies.length]!;
      const authorization = authorizations[n % authorizations.length];
      const text = await this.send(path, `${head}read-${n}${tail}`, authorization);
      const id = /"id":"([^"]+)"/.exec(text)?.[1];
      if (!id) throw new Error(`no order came of it: ${text.slice(0, 300)}`);
      ids.push(id);
    }
    return ids;
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
    return JSON.parse(await this.send(path, JSON.stringify(body), authorization)) as T;
  }

  private async send(path: string, body: string, authorization?: string): Promise<string> {
    const response = await fetch(this.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }
}
