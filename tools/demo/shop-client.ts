import { type Order, type Placed, type Product, orderById, placeOrder, productPage } from './graphql.ts';

/** The shop as any client sees it: plain HTTP to the gateway. */
export class ShopClient {
  private readonly gateway: string;
  private token = '';

  constructor(gateway: string) {
    this.gateway = gateway;
  }

  async logIn(email: string, password: string): Promise<void> {
    const answer = await this.post<{ accessToken: string }>('/v1/auth/login', { email, password });
    this.token = answer.accessToken;
  }

  async products(): Promise<Product[]> {
    const all: Product[] = [];
    for (let after: string | null = null; ;) {
      interface Page {
        products: { nodes: Product[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
      }
      const { products }: Page = await this.ask<Page>(productPage, { after });
      all.push(...products.nodes);
      after = products.pageInfo.endCursor;
      if (!products.pageInfo.hasNextPage || after === null) return all;
    }
  }

  async place(input: unknown): Promise<Placed> {
    return (await this.ask<{ placeOrder: Placed }>(placeOrder, { input })).placeOrder;
  }

  async order(id: string): Promise<Order | null> {
    return (await this.ask<{ order: Order | null }>(orderById, { id })).order;
  }

  private async ask<T>(query: string, variables: unknown): Promise<T> {
    const { data, errors } = await this.post<{ data?: T; errors?: { message: string }[] }>('/web/graphql', {
      query,
      variables,
    });
    if (errors?.length) throw new Error(`GraphQL: ${errors.map(({ message }) => message).join('; ')}`);
    if (!data) throw new Error('GraphQL: an answer without data');
    return data;
  }

  private async post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(this.gateway + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    if (!response.ok && !text.includes('"errors"'))
      throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }
}
