import { Inject, Injectable } from '@nestjs/common';
import type { DataOf, SagaReply, TimelineOutcome } from '@caravan/contracts';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { storable, storableJson } from '@caravan/platform';
import { SagaCatalogue } from './saga.catalogue.ts';
import { foundEntry, type JournalEntry } from './saga.journal.ts';
import type { SagaInstance } from './saga.machine.ts';

/** A saga as it was loaded, with what its row has to learn. */
export interface StoredSaga extends SagaInstance {
  /** Changes with every update of the row, by whichever build. */
  readonly version: string;
  /** What the row has of `data`; that is replaced, never changed in place. */
  readonly storedData: SagaInstance['data'];
  /** How many entries the row's journal has. */
  readonly journalLength: number;
  /** Entries that the row does not have yet. */
  readonly entries: JournalEntry[];
}

type Row = Omit<SagaInstance, 'dueInMs' | 'definition' | 'step'> & {
  due_in_ms: string | null;
  definition: string | null;
  step: number;
  step_name: string | null;
  journal_length: number | null;
  touched: boolean;
  version: string;
};

// Of an open saga, `updated_at` is its beginning; only builds that store positions and no journal write another time.
const COLUMNS = `type, id, traceparent, data, state, step, step_name, definition, ask, attempt, failure, stuck,
  extract(epoch FROM due_at - now()) * 1000 AS due_in_ms, jsonb_array_length(journal) AS journal_length,
  due_at IS NOT NULL AND updated_at <> started_at AS touched, xmin::text AS version`;
const KNOWN = `(saga.definition = ANY($1::text[]) OR (saga.definition IS NULL AND saga.type = ANY($2::text[])))`;

/** Rows are locked in one order, so that two batches with the same sagas wait for each other instead of dying together. */
const LOAD = `SELECT ${COLUMNS} FROM saga
  WHERE (type, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[])) ORDER BY id, type FOR UPDATE`;
const LOAD_DUE = `SELECT ${COLUMNS} FROM saga WHERE look_at <= now() AND ${KNOWN}
  ORDER BY look_at LIMIT $3 FOR UPDATE SKIP LOCKED`;
/** Ordered, though one is enough: the index then finds it also while PostgreSQL does not know yet how few rows are due. */
const PENDING = `
  (SELECT 'due' AS what FROM saga WHERE look_at <= now() AND ${KNOWN} ORDER BY look_at LIMIT 1)
  UNION ALL
  (SELECT 'held' FROM saga_held_reply held JOIN saga ON saga.id = held.saga_id AND saga.type = held.type WHERE ${KNOWN} LIMIT 1)`;
const HOLD = `
  INSERT INTO saga_held_reply (type, saga_id, message_id, reply)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::jsonb[])`;
const TAKE_HELD = `
  DELETE FROM saga_held_reply WHERE id IN (
    SELECT held.id FROM saga_held_reply held JOIN saga ON saga.id = held.saga_id AND saga.type = held.type
    WHERE ${KNOWN} ORDER BY held.id LIMIT $3 FOR UPDATE OF held SKIP LOCKED)
  RETURNING id::text, message_id AS message, reply`;
const LOOK_LATER = `UPDATE saga SET look_at = due_at WHERE (type, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))`;
const PUT_OFF = `
  UPDATE saga SET due_at = now() + $4::interval, look_at = now() + $4::interval
  WHERE type = $1 AND id = $2 AND xmin = $3::xid AND due_at IS NOT NULL`;
const OPEN = `
  SELECT type, definition, count(*)::int AS open, (count(*) FILTER (WHERE stuck))::int AS stuck,
    (count(*) FILTER (WHERE due_at < now() - interval '60 seconds'))::int AS overdue
  FROM saga WHERE look_at IS NOT NULL GROUP BY type, definition`;
const HELD = `
  SELECT type, saga.definition, count(*)::int AS held FROM saga_held_reply held JOIN saga USING (type)
  WHERE saga.id = held.saga_id AND held.at < now() - interval '60 seconds' GROUP BY type, saga.definition`;
const STATE = `SELECT state FROM saga WHERE type = $1 AND id = $2`;
const STAMPED = `(SELECT jsonb_agg(entry || jsonb_build_object('at', (extract(epoch FROM clock_timestamp()) * 1e6)::bigint) ORDER BY n)
    FROM jsonb_array_elements(new.entries) WITH ORDINALITY AS entries (entry, n))`;
const INSERT = `
  INSERT INTO saga (type, id, traceparent, data, state, step, step_name, definition, ask, attempt, failure, stuck, journal, due_at, look_at)
  SELECT type, id, traceparent, data, state, step, step_name, definition, ask, attempt, failure, stuck, ${STAMPED},
    now() + make_interval(secs => due / 1000.0), now() + make_interval(secs => due / 1000.0)
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::int[], $11::jsonb[], $12::bool[], $13::jsonb[], $14::float8[])
    AS new (type, id, traceparent, data, state, step, step_name, definition, ask, attempt, failure, stuck, entries, due)`;
const UPDATE = `
  UPDATE saga SET data = coalesce(new.data, saga.data), state = new.state, step = new.step, step_name = new.step_name,
    definition = new.definition, ask = new.ask, attempt = new.attempt, failure = new.failure, stuck = new.stuck,
    journal = coalesce(journal, '[]') || ${STAMPED},
    due_at = now() + make_interval(secs => due / 1000.0),
    look_at = CASE WHEN due IS NOT NULL THEN least(look_at, now() + make_interval(secs => due / 1000.0)) END,
    updated_at = CASE WHEN due IS NULL THEN now() ELSE started_at END
  FROM unnest($1::text[], $2::uuid[], $3::jsonb[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::int[], $10::jsonb[], $11::bool[], $12::jsonb[], $13::float8[])
    AS new (type, id, data, state, step, step_name, definition, ask, attempt, failure, stuck, entries, due)
  WHERE saga.type = new.type AND saga.id = new.id`;
/** The older entries of journals that have become long go to a table, so that a row stays small. */
const SPILL = `
  WITH long AS (
    SELECT type, id, journal FROM saga WHERE (type, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))
  ), moved AS (
    INSERT INTO saga_transition (type, saga_id, at, step, outcome, entry)
    SELECT type, id, to_timestamp((entry ->> 'at')::bigint / 1e6), '', '', entry
    FROM long, jsonb_array_elements(journal) WITH ORDINALITY AS entries (entry, n) WHERE n <= $3 ORDER BY id, n
  )
  UPDATE saga SET journal = (
    SELECT coalesce(jsonb_agg(entry ORDER BY n), '[]')
    FROM jsonb_array_elements(saga.journal) WITH ORDINALITY AS entries (entry, n) WHERE n > $3)
  FROM long WHERE saga.type = long.type AND saga.id = long.id`;
const NOTE = `
  INSERT INTO saga_transition (type, saga_id, step, outcome, detail)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[])`;

/** Failures come from other services, and theirs from outside. */
const LONGEST_DETAIL = 2_000;
/** A row's journal has at most so many entries; then the older half is spilled. */
const LONGEST_JOURNAL = 50;
/** The position of a saga whose definition builds of before do not know: they then fail instead of reading another step. */
const NO_POSITION = -1;

/** A line of a timeline that no saga's transition made. */
export interface Note {
  readonly type: string;
  readonly sagaId: string;
  readonly step: string;
  readonly outcome: TimelineOutcome;
  readonly detail: string | null;
}

/** An answer that a build which does not know the saga's definition has kept for one that does. */
export interface HeldReply {
  readonly message: string;
  readonly reply: DataOf<typeof SagaReply>;
}

/** The sagas' tables. Every statement serves a whole batch. */
@Injectable()
export class SagasRepository {
  private readonly known: readonly [fingerprints: string[], typesByPosition: string[]];

  constructor(
    private readonly work: UnitOfWork,
    @Inject(SagaCatalogue) private readonly catalogue: SagaCatalogue,
  ) {
    const byPosition = catalogue.types.filter((type) => catalogue.find(catalogue.ofPositions(type)));
    this.known = [catalogue.fingerprints, byPosition];
  }

  /** Locks sagas, also those whose definition is not known here. */
  async load(tx: Tx, keys: readonly { type: string; id: string }[]): Promise<StoredSaga[]> {
    const rows = await tx.query<Row>(LOAD, [keys.map((key) => key.type), keys.map((key) => key.id)]);
    return rows.map((row) => this.toSaga(row));
  }

  /** Whether the deadline of a saga of a known definition is over, and whether an answer to one is held. */
  async pending(): Promise<{ due: boolean; held: boolean }> {
    const found = await this.work.query<{ what: 'due' | 'held' }>(PENDING, this.known);
    return { due: found.some(({ what }) => what === 'due'), held: found.some(({ what }) => what === 'held') };
  }

  /** Locks those whose time to be looked at has come, by the database's clock, and that no other process has locked. */
  async loadDue(tx: Tx, limit: number): Promise<StoredSaga[]> {
    return (await tx.query<Row>(LOAD_DUE, [...this.known, limit])).map((row) => this.toSaga(row));
  }

  /** Keeps answers to sagas whose definition is not known here. */
  hold(tx: Tx, held: readonly (HeldReply & { type: string; id: string })[]): void {
    if (held.length === 0) return;
    const replies = held.map(({ reply }) => storableJson(reply));
    tx.execute(HOLD, [
      held.map(({ type }) => type),
      held.map(({ id }) => id),
      held.map(({ message }) => message),
      replies,
    ]);
  }

  /** Takes answers to sagas of known definitions that another build has held, oldest first. */
  async takeHeld(tx: Tx, limit: number): Promise<HeldReply[]> {
    const taken = await tx.query<HeldReply & { id: string }>(TAKE_HELD, [...this.known, limit]);
    return taken.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
  }

  async stateOf(tx: Tx, type: string, id: string): Promise<SagaInstance['state'] | undefined> {
    return (await tx.query<Pick<Row, 'state'>>(STATE, [type, id]))[0]?.state;
  }

  /** The deadlines of these are not over yet: they are looked at again when they are. */
  lookLater(tx: Tx, sagas: readonly StoredSaga[]): void {
    if (sagas.length > 0) tx.execute(LOOK_LATER, [sagas.map(({ type }) => type), sagas.map(({ id }) => id)]);
  }

  /** Sets another deadline, unless the row has changed since it was loaded. */
  putOff(tx: Tx, { type, id, version }: StoredSaga, by: string): void {
    tx.execute(PUT_OFF, [type, id, version, by]);
  }

  /** Of each type and definition, how many sagas are not at their end, stuck, and overdue by a minute. */
  async counts(): Promise<
    { type: string; definition: string; open: number; stuck: number; overdue: number }[]
  > {
    const counts = await this.work.query<{
      type: string;
      definition: string | null;
      open: number;
      stuck: number;
      overdue: number;
    }>(OPEN);
    return counts.map((count) => ({
      ...count,
      definition: count.definition ?? this.catalogue.ofPositions(count.type),
    }));
  }

  /** Of each type and definition, how many answers have been held for more than a minute. */
  async heldLong(): Promise<{ type: string; definition: string; held: number }[]> {
    const counts = await this.work.query<{ type: string; definition: string | null; held: number }>(HELD);
    return counts.map((count) => ({
      ...count,
      definition: count.definition ?? this.catalogue.ofPositions(count.type),
    }));
  }

  insert(tx: Tx, sagas: readonly (SagaInstance & { entries: JournalEntry[] })[]): void {
    const [type, id, data, ...state] = this.columnsOf(sagas);
    tx.execute(INSERT, [type, id, sagas.map((saga) => saga.traceparent), data, ...state]);
  }

  update(tx: Tx, sagas: readonly StoredSaga[]): void {
    if (sagas.length === 0) return;
    const long = sagas.filter(({ journalLength }) => journalLength >= LONGEST_JOURNAL);
    if (long.length > 0)
      tx.execute(SPILL, [long.map(({ type }) => type), long.map(({ id }) => id), LONGEST_JOURNAL / 2]);
    tx.execute(UPDATE, this.columnsOf(sagas));
  }

  note(tx: Tx, notes: readonly Note[]): void {
    if (notes.length === 0) return;
    tx.execute(NOTE, [
      notes.map((note) => note.type),
      notes.map((note) => note.sagaId),
      notes.map((note) => note.step),
      notes.map((note) => note.outcome),
      notes.map((note) => note.detail && storable(note.detail, LONGEST_DETAIL)),
    ]);
  }

  private columnsOf(
    sagas: readonly (SagaInstance & { entries: JournalEntry[]; storedData?: object })[],
  ): unknown[] {
    return [
      sagas.map((saga) => saga.type),
      sagas.map((saga) => saga.id),
      sagas.map((saga) => (saga.storedData === saga.data ? null : storableJson(saga.data))),
      sagas.map((saga) => saga.state),
      sagas.map((saga) => this.positionOf(saga)),
      sagas.map((saga) => saga.step),
      sagas.map((saga) => saga.definition),
      sagas.map((saga) => saga.ask),
      sagas.map((saga) => saga.attempt),
      sagas.map((saga) => (saga.failure ? storableJson(saga.failure) : null)),
      sagas.map((saga) => saga.stuck),
      sagas.map((saga) => storableJson(saga.entries.map(shortened))),
      sagas.map((saga) => saga.dueInMs),
    ];
  }

  /** For builds that store positions. */
  private positionOf({ type, definition, state, step }: SagaInstance): number {
    if (definition !== this.catalogue.ofPositions(type)) return NO_POSITION;
    const { steps } = this.catalogue.find(definition)!;
    return state === 'completed' ? steps.length : steps.findIndex(({ name }) => name === step);
  }

  private toSaga({ due_in_ms, journal_length, touched, step_name, ...row }: Row): StoredSaga {
    const definition = row.definition ?? this.catalogue.ofPositions(row.type);
    const saga: StoredSaga = {
      ...row,
      definition,
      step: this.catalogue.stepNamed(row.type, definition, row.step, step_name),
      ask: row.ask && this.catalogue.askNamed(definition, row.ask),
      dueInMs: due_in_ms === null ? null : Number(due_in_ms),
      storedData: row.data,
      journalLength: journal_length ?? 0,
      entries: [],
    };
    if (journal_length === null || touched) saga.entries.push(foundEntry(saga));
    return saga;
  }
}

function shortened(entry: JournalEntry): JournalEntry {
  if (!entry.log.some(([, , detail]) => detail && detail.length > LONGEST_DETAIL)) return entry;
  const log = entry.log.map(([step, outcome, detail]): JournalEntry['log'][number] =>
    detail === undefined ? [step, outcome] : [step, outcome, storable(detail, LONGEST_DETAIL)],
  );
  return { ...entry, log };
}
