import type { PoolClient } from 'pg';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { type Contract, contractOf, type DataOf, Failure, SagaReply } from '@caravan/contracts';
import { MAX_BODY_BYTES, type Message, type OutgoingMessage, replyKey } from '@caravan/messaging';
import { currentContext, currentLimits, sabotaged } from '@caravan/platform';

/** Where the answer to a saga's command goes; a message is one, and so is what was kept of it in a table. */
export type ReplyAddress = Pick<Message, 'type' | 'replyTo' | 'sagaId' | 'ask' | 'traceparent'>;

/** How a command says who asks and which of his questions this is; without it, nobody waits for the answer. */
export type Question = Pick<Message, 'replyTo' | 'sagaId' | 'ask' | 'traceparent'>;

interface Statement {
  readonly name: string;
  readonly writes: boolean;
}

const statements = new Map<string, Statement>();
const WRITES = /\b(?:INSERT|UPDATE|DELETE|MERGE)\b/i;
const LOCKS = /\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b/gi;

function statementOf(sql: string): Statement {
  let known = statements.get(sql);
  if (!known) {
    known = { name: `q${statements.size}`, writes: WRITES.test(sql.replace(LOCKS, '')) };
    statements.set(sql, known);
  }
  return known;
}

/** Whether a statement of constant text changes rows; locking them is no change. */
export const writes = (sql: string): boolean => statementOf(sql).writes;

/** Runs a statement of constant text as a named one, planned once a connection. */
export async function prepared<Row>(
  client: PoolClient,
  sql: string,
  params: readonly unknown[],
): Promise<Row[]> {
  const { name } = statementOf(sql);
  const result = await client.query({ name, text: sql, values: params as unknown[] });
  return result.rows as Row[];
}

/** Somebody asks for it later; until then its failure is not an unhandled one. */
function answeredLater<T>(statement: Promise<T>): Promise<T> {
  statement.catch(() => undefined);
  return statement;
}

/** A message of a transaction; an unhurried one may leave a moment later, with others. */
export type Outgoing = OutgoingMessage & Pick<Contract, 'unhurried'>;

function begin(): string {
  const limits = currentLimits();
  if (!limits) return 'BEGIN';
  const { lockMs, statementMs } = limits;
  return `BEGIN; SET LOCAL lock_timeout = ${lockMs}; SET LOCAL statement_timeout = ${statementMs}`;
}

/** One transaction, and the messages that leave with it. */
export class Tx {
  readonly outgoing: Outgoing[] = [];
  readonly commitHooks: (() => void)[] = [];
  /** A statement that changes rows was sent. */
  writes = false;
  private readonly unanswered: Promise<unknown>[] = [];

  constructor(private readonly client: PoolClient) {
    this.unanswered.push(answeredLater(client.query(begin())));
  }

  /**
   * Runs a statement as a named, prepared one. The text must be constant: what varies goes into `params`.
   * @returns the rows, of UPDATE and DELETE … RETURNING as well; bigint and numeric columns are strings
   */
  query<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const text = sabotaged('row-lock-off') ? sql.replace(/FOR UPDATE( SKIP LOCKED)?/, '') : sql;
    this.writes ||= writes(text);
    return prepared<Row>(this.client, text, params);
  }

  /**
   * Sends a statement whose rows nobody needs and does not wait: it travels with the next one, or with the commit.
   * What it fails with, the commit fails with. The statements run in the order of the calls.
   */
  execute(sql: string, params: readonly unknown[] = []): void {
    this.unanswered.push(answeredLater(this.query(sql, params)));
  }

  /** @throws what the first of the statements that were not waited for failed with */
  async answered(): Promise<void> {
    for (const statement of this.unanswered) await statement;
  }

  /** Says an event, in this transaction. @throws when the data does not have the contract's shape */
  publish<C extends Contract<never, unknown> | Contract>(
    contract: C,
    data: DataOf<C>,
    cause?: { traceparent: string },
  ): void {
    const trace = cause?.traceparent ?? currentContext().traceparent;
    this.add(contract, contract.type, { data: contract.data.parse(data), trace });
  }

  /** Sends a command, with the question that it is part of. */
  send<C extends Contract<never, unknown> | Contract>(
    contract: C,
    data: DataOf<C>,
    question: Question,
  ): void {
    const { traceparent, ...rest } = question;
    this.add(contract, contract.type, { data: contract.data.parse(data), trace: traceparent, ...rest });
  }

  /** Answers a saga's command; a message that nobody waits for is not answered. */
  reply(to: ReplyAddress, outcome: object | Failure): void {
    if (!to.replyTo || !to.sagaId || !to.ask) return;
    const command = contractOf(to.type);
    const data = SagaReply.data.parse({
      sagaId: to.sagaId,
      ask: to.ask,
      command: to.type,
      outcome:
        outcome instanceof Failure
          ? { ok: false, failure: outcome.toData() }
          : { ok: true, data: command?.reply.parse(outcome) },
    });
    const { type } = SagaReply;
    const { unhurried } = command ?? SagaReply;
    this.add({ type, unhurried }, replyKey(to.replyTo), { data, trace: to.traceparent });
  }

  /** Runs after the commit, never after a rollback. */
  afterCommit(hook: () => void): void {
    this.commitHooks.push(hook);
  }

  private add(
    { type, unhurried }: Pick<Contract, 'type' | 'unhurried'>,
    routingKey: string,
    rest: object,
  ): void {
    const id = uuid();
    const body = JSON.stringify({ id, type, ...rest });
    if (Buffer.byteLength(body) > MAX_BODY_BYTES)
      throw new Error(`${type} is too large for a message: send where to find it instead, not all of it`);
    this.outgoing.push({ id, type, routingKey, body, unhurried });
  }
}
