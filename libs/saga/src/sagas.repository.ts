import { Injectable } from '@nestjs/common';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { storable, storableJson } from '@caravan/platform';
import type { SagaInstance } from './saga.machine.ts';

type Row = Omit<SagaInstance, 'dueInMs'> & { due_in_ms: string | null };

const COLUMNS = `type, id, traceparent, data, state, step, ask, attempt, failure, stuck,
  extract(epoch FROM due_at - now()) * 1000 AS due_in_ms`;

/** Rows are locked in one order, so that two batches with the same sagas wait for each other instead of dying together. */
const LOAD = `SELECT ${COLUMNS} FROM saga
  WHERE (type, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[])) ORDER BY id, type FOR UPDATE`;
const LOAD_DUE = `SELECT ${COLUMNS} FROM saga WHERE due_at <= now() AND type = ANY($1::text[])
  ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED`;
/** In their order, though one is enough: so it is found by its index also while PostgreSQL does not know yet how few are due, and else would read them all. */
const ANY_DUE = `SELECT 1 FROM saga WHERE due_at <= now() AND type = ANY($1::text[]) ORDER BY due_at LIMIT 1`;
const PUT_OFF = `UPDATE saga SET due_at = now() + $3::interval WHERE type = $1 AND id = $2`;
const OPEN = `SELECT type, count(*)::int AS open, (count(*) FILTER (WHERE stuck))::int AS stuck FROM saga WHERE due_at IS NOT NULL GROUP BY type`;
const STATE = `SELECT state FROM saga WHERE type = $1 AND id = $2`;
const INSERT = `
  INSERT INTO saga (type, id, traceparent, data, state, step, ask, attempt, failure, stuck, due_at)
  SELECT type, id, traceparent, data, state, step, ask, attempt, failure, stuck, now() + make_interval(secs => due / 1000.0)
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[], $5::text[], $6::int[], $7::text[], $8::int[], $9::jsonb[], $10::bool[], $11::float8[])
    AS new (type, id, traceparent, data, state, step, ask, attempt, failure, stuck, due)`;
const UPDATE = `
  UPDATE saga SET data = coalesce(new.data, saga.data), state = new.state, step = new.step, ask = new.ask, attempt = new.attempt, failure = new.failure,
    stuck = new.stuck, due_at = now() + make_interval(secs => due / 1000.0), updated_at = now()
  FROM unnest($1::text[], $2::uuid[], $3::jsonb[], $4::text[], $5::int[], $6::text[], $7::int[], $8::jsonb[], $9::bool[], $10::float8[])
    AS new (type, id, data, state, step, ask, attempt, failure, stuck, due)
  WHERE saga.type = new.type AND saga.id = new.id`;
const LOG = `
  INSERT INTO saga_transition (type, saga_id, step, outcome, detail)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[])`;

/** Failures come from other services, and theirs from outside. */
const LONGEST_DETAIL = 2_000;

export interface Transition {
  readonly type: string;
  readonly sagaId: string;
  readonly step: string;
  readonly outcome: string;
  readonly detail: string | null;
}

/** The sagas' tables. Every statement serves a whole batch. */
@Injectable()
export class SagasRepository {
  constructor(private readonly work: UnitOfWork) {}

  async load(tx: Tx, keys: readonly { type: string; id: string }[]): Promise<SagaInstance[]> {
    return (await tx.query<Row>(LOAD, [keys.map((key) => key.type), keys.map((key) => key.id)])).map(
      toInstance,
    );
  }

  async anyDue(types: readonly string[]): Promise<boolean> {
    return (await this.work.query(ANY_DUE, [types])).length > 0;
  }

  /** Those that have waited long enough, by the database's clock, and that nobody else is at. */
  async loadDue(tx: Tx, types: readonly string[], limit: number): Promise<SagaInstance[]> {
    return (await tx.query<Row>(LOAD_DUE, [types, limit])).map(toInstance);
  }

  async stateOf(tx: Tx, type: string, id: string): Promise<SagaInstance['state'] | undefined> {
    return (await tx.query<Pick<Row, 'state'>>(STATE, [type, id]))[0]?.state;
  }

  putOff(tx: Tx, { type, id }: { type: string; id: string }, by: string): void {
    tx.execute(PUT_OFF, [type, id, by]);
  }

  /** How many sagas of each type are not at their end, and how many of them are stuck. */
  counts(): Promise<{ type: string; open: number; stuck: number }[]> {
    return this.work.query(OPEN);
  }

  insert(tx: Tx, sagas: readonly SagaInstance[]): void {
    const [type, id, ...state] = columnsOf(sagas);
    tx.execute(INSERT, [type, id, sagas.map((saga) => saga.traceparent), ...state]);
  }

  update(tx: Tx, sagas: readonly SagaInstance[]): void {
    if (sagas.length > 0) tx.execute(UPDATE, columnsOf(sagas));
  }

  log(tx: Tx, log: readonly Transition[]): void {
    if (log.length === 0) return;
    const columns = [
      log.map((t) => t.type),
      log.map((t) => t.sagaId),
      log.map((t) => t.step),
      log.map((t) => t.outcome),
      log.map((t) => t.detail && storable(t.detail, LONGEST_DETAIL)),
    ];
    tx.execute(LOG, columns);
  }
}

/** The data of a saga as it was loaded (it is replaced, never changed in place): most answers tell nothing, and then it is not written again. */
const stored = new WeakMap<SagaInstance, SagaInstance['data']>();

function columnsOf(sagas: readonly SagaInstance[]): unknown[] {
  return [
    sagas.map((saga) => saga.type),
    sagas.map((saga) => saga.id),
    sagas.map((saga) => (stored.get(saga) === saga.data ? null : storableJson(saga.data))),
    sagas.map((saga) => saga.state),
    sagas.map((saga) => saga.step),
    sagas.map((saga) => saga.ask),
    sagas.map((saga) => saga.attempt),
    sagas.map((saga) => (saga.failure ? storableJson(saga.failure) : null)),
    sagas.map((saga) => saga.stuck),
    sagas.map((saga) => saga.dueInMs),
  ];
}

function toInstance({ due_in_ms, ...row }: Row): SagaInstance {
  const saga = { ...row, dueInMs: due_in_ms === null ? null : Number(due_in_ms) };
  stored.set(saga, saga.data);
  return saga;
}
