import { randomUUID } from 'node:crypto';
import { theSystem } from './system.ts';

/** What POST /v1/auth/register, login and refresh answer. */
export interface Session {
  user: { id: string; email: string; name: string; roles: string[] };
  accessToken: string;
  tokenType: string;
  expiresIn: number;
  refreshToken: string;
}

/** RFC 9457, with the contract's own fields. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  traceId: string;
}

export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; traceId: string } & Record<string, unknown>;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface GraphqlBody<T> {
  data?: T | null;
  errors?: GraphqlError[];
}

export const PASSWORD = 'correct horse battery staple';

/** A client of the gateway that knows the public contract and nothing else. */
export class Client {
  constructor(readonly token?: string) {}

  async send<T>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> {
    const response = await fetch(theSystem().gatewayUrl + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? (body as string) : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as T,
    };
  }

  get<T>(path: string, headers = {}): Promise<Answer<T>> {
    return this.send('GET', path, undefined, headers);
  }

  post<T>(path: string, body: unknown, headers = {}): Promise<Answer<T>> {
    return this.send('POST', path, body, headers);
  }

  /** The whole answer of the web API, its errors included. */
  askWeb<T>(query: string, variables: object = {}, headers = {}): Promise<Answer<GraphqlBody<T>>> {
    return this.post('/web/graphql', { query, variables }, headers);
  }

  /** The whole answer of the mobile API, its errors included. */
  askMobile<T>(query: string, variables: object = {}, headers = {}): Promise<Answer<GraphqlBody<T>>> {
    return this.post('/mobile/graphql', { query, variables }, headers);
  }

  /** @throws when the answer has an error in it */
  async web<T>(query: string, variables: object = {}): Promise<T> {
    return dataOf(await this.askWeb<T>(query, variables));
  }

  /** @throws when the answer has an error in it */
  async mobile<T>(query: string, variables: object = {}): Promise<T> {
    return dataOf(await this.askMobile<T>(query, variables));
  }
}

function dataOf<T>({ status, body }: Answer<GraphqlBody<T>>): T {
  if (status !== 200 || body.errors || !body.data) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.data;
}

/** Somebody who is signed in. */
export class Customer extends Client {
  constructor(readonly session: Session) {
    super(session.accessToken);
  }

  get email(): string {
    return this.session.user.email;
  }
}

export const guest = (): Client => new Client();
export const freshEmail = (): string => `${randomUUID()}@shoppers.example`;

/** A new account for one test alone. */
export async function newCustomer(name = 'Ada Lovelace'): Promise<Customer> {
  const body = { email: freshEmail(), password: PASSWORD, name };
  return signedIn(await guest().post<Session>('/v1/auth/register', body), 201);
}

/** The demo's member of the staff. */
export async function staff(): Promise<Customer> {
  const body = { email: 'staff@example.com', password: 'caravan-demo' };
  return signedIn(await guest().post<Session>('/v1/auth/login', body), 200);
}

function signedIn(answer: Answer<Session>, expected: number): Customer {
  if (answer.status !== expected) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return new Customer(answer.body);
}
