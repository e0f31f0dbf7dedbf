import { expect } from '@jest/globals';
import type { Contract, DataOf, Failure, ReplyOf, Role } from '@caravan/contracts';
import type { Type } from '@nestjs/common';
import { Bff } from './bff.ts';

/** Who asks: an id and roles, and whether the token ran out a minute ago. */
export interface Asker {
  readonly id: string;
  readonly roles?: readonly Role[];
  readonly expired?: boolean;
}

/** A request to either path. */
export interface Question {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

interface Seen {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
/** Of the connection, not of the answer. */
const ASIDE = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

/**
 * The same BFF twice, one for each path that executes documents. Each question goes to the interpreting one once and to the
 * compiling one twice: the second time its document is known and Apollo is passed by.
 */
export class Twins {
  private constructor(private readonly byPath: { readonly interpreted: Bff; readonly compiled: Bff }) {}

  static async start(module: Type, env: Readonly<Record<string, string>> = {}): Promise<Twins> {
    const start = (path: 'interpreted' | 'compiled') =>
      Bff.start(module, { ...env, GRAPHQL_EXECUTION: path });
    return new Twins({ interpreted: await start('interpreted'), compiled: await start('compiled') });
  }

  get interpreted(): Bff {
    return this.byPath.interpreted;
  }

  get both(): readonly Bff[] {
    return Object.values(this.byPath);
  }

  on<C extends Contract<never, unknown> | Contract>(
    contract: C,
    answer: ReplyOf<C> | Failure | Error | ((data: DataOf<C>) => ReplyOf<C> | Failure),
  ): this {
    for (const bff of this.both) bff.on(contract, answer);
    return this;
  }

  reset(): void {
    for (const bff of this.both) bff.reset();
  }

  async stop(): Promise<void> {
    for (const bff of this.both) await bff.stop();
  }

  /** Asks by POST and, when `get`, by GET as well. @returns the answer, which was the same everywhere */
  async ask(
    question: Question,
    asker?: Asker,
    headers: Record<string, string> = {},
    get = false,
  ): Promise<Seen> {
    const answer = await this.same(asker, headers, 'POST', question);
    if (get) await this.same(asker, headers, 'GET', question);
    return answer;
  }

  private async same(
    asker: Asker | undefined,
    headers: object,
    method: string,
    question: Question,
  ): Promise<Seen> {
    const { interpreted, compiled } = this.byPath;
    const expected = await send(interpreted, asker, headers, method, question);
    for (const time of ['first', 'second']) {
      const answer = await send(compiled, asker, headers, method, question);
      const asked = JSON.stringify({ method, ...question, asker, time });
      expect({ asked, ...answer }).toEqual({ asked, ...expected });
    }
    return expected;
  }
}

async function send(
  bff: Bff,
  asker: Asker | undefined,
  headers: object,
  method: string,
  question: Question,
): Promise<Seen> {
  const token =
    asker && (asker.expired ? bff.expiredToken(asker.id) : bff.token(asker.id, ...(asker.roles ?? [])));
  const post = method === 'POST';
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(question))
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const response = await fetch(`${bff.url}/graphql${post ? '' : `?${search.toString()}`}`, {
    method,
    headers: {
      traceparent: TRACE,
      ...(post && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${await token}` }),
      ...headers,
    },
    ...(post && { body: JSON.stringify(question) }),
  });
  const kept = [...response.headers].filter(([name]) => !ASIDE.has(name));
  return { status: response.status, headers: Object.fromEntries(kept), text: await response.text() };
}
