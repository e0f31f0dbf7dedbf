/** What came of an order, as clients ask for it. */
export interface Placed {
  __typename: string;
  id?: string;
  status?: string;
  message?: string;
}

/** session.js of docs/clients.md. */
export interface SessionModule {
  keep(tokens: { accessToken: string; refreshToken: string }): void;
  kept(): { accessToken: string; refreshToken: string };
  signIn(email: string, password: string): Promise<void>;
  shopFetch(url: string): Promise<Response>;
}

/** One client's block of docs/clients.md. */
export interface ClientModule {
  products(first: number): Promise<{ id: string; sku: string }[]>;
  buy(input: object): Promise<Placed>;
  codeOf(error: unknown): string | undefined;
}

/** What in-node.ts prints. */
export interface Told {
  listed: number;
  withoutToken: string | undefined;
  badInput: string | undefined;
  bought: Placed;
  again: Placed;
  declined: Placed;
  afterExpiry: Placed;
  atTheSameTime: Placed;
  refreshed: boolean;
  afterLimit: number;
}

/** What in-chromium.ts prints, for each client. */
export interface ToldByTabs {
  client: string;
  listed: number;
  bought: Placed[];
  keptTogether: boolean;
}
