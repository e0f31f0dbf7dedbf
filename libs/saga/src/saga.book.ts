import { Inject, Injectable } from '@nestjs/common';
import type { TimelineOutcome } from '@caravan/contracts';
import { UnitOfWork } from '@caravan/outbox';
import { SagaCatalogue } from './saga.catalogue.ts';
import { type Journal, journalOf, type JournalRow } from './saga.journal.ts';
import type { SagaState } from './saga.machine.ts';

/** A saga as people look at it. */
export interface SagaEntry {
  readonly type: string;
  readonly id: string;
  readonly state: SagaState;
  /** Name of the definition it runs under; a fingerprint when this release does not know it. */
  readonly definition: string;
  /** Whether this release can continue it. */
  readonly known: boolean;
  /** Name of the step it is at, or was at when it ended. */
  readonly step: string;
  /** How often the step failed. */
  readonly attempt: number;
  readonly stuck: boolean;
  /** For an answer, or for the next attempt; null at its end. */
  readonly waitsFor: 'answer' | 'retry' | null;
  readonly startedAt: Date;
  /** When it came to its step. */
  readonly since: Date;
  readonly dueAt: Date | null;
  /** Null while it is open. */
  readonly endedAt: Date | null;
  /** Why it was rolled back, or what failed last. */
  readonly lastFailure: string | null;
  readonly data: Record<string, unknown>;
}

export interface SagaTransition {
  readonly at: Date;
  readonly type: string;
  readonly step: string;
  readonly outcome: TimelineOutcome;
  readonly detail: string | null;
}

type Row = Omit<SagaEntry, 'step' | 'waitsFor' | 'known' | 'definition'> & {
  step: number;
  stepName: string | null;
  definition: string | null;
  ask: string | null;
};

interface Bounds {
  readonly limit: number;
  readonly since?: Date;
}

const ALWAYS = new Date(0);

/** What does not lead to another step. */
const STAYS = `'failed', 'undo failed', 'stuck', 'retried', 'moved'`;
const ENTRY = `
  SELECT type, id, state, step, step_name AS "stepName", definition, ask, attempt, stuck, data, started_at AS "startedAt", due_at AS "dueAt",
    COALESCE((SELECT at FROM saga_timeline t WHERE t.saga_id = saga.id AND t.type = saga.type
      AND outcome NOT IN (${STAYS}) ORDER BY at DESC LIMIT 1), started_at) AS since,
    CASE WHEN due_at IS NULL THEN updated_at END AS "endedAt",
    COALESCE(CASE WHEN state = 'rolled_back' THEN (failure ->> 'code') || ': ' || (failure ->> 'message') END, (SELECT detail FROM saga_timeline t
      WHERE t.saga_id = saga.id AND t.type = saga.type AND detail IS NOT NULL AND outcome <> 'moved'
      ORDER BY at DESC, line_no DESC LIMIT 1)) AS "lastFailure"
  FROM saga`;
/** `look_at` says the same as `due_at` of whether a saga is open, and has the index. */
const OPEN = `${ENTRY} WHERE look_at IS NOT NULL AND due_at IS NOT NULL AND (stuck OR NOT $1) AND started_at >= $3
    AND ($4::text[] IS NULL OR coalesce(definition, '') = ANY($4))
  ORDER BY stuck DESC, started_at LIMIT $2`;
const FAILED = `
  (${ENTRY} WHERE look_at IS NOT NULL AND due_at IS NOT NULL AND stuck ORDER BY started_at LIMIT $1)
  UNION ALL
  (${ENTRY} WHERE state = 'rolled_back' AND updated_at >= $2 ORDER BY updated_at DESC LIMIT $1)
  LIMIT $1`;
const OF = `${ENTRY} WHERE id = $1 ORDER BY started_at`;
const NEWEST = `SELECT DISTINCT ON (id) * FROM (${ENTRY} WHERE id = ANY($1::uuid[])) entries ORDER BY id, "startedAt" DESC, type`;
const UNKNOWN = `SELECT DISTINCT definition FROM saga WHERE look_at IS NOT NULL AND definition IS NOT NULL AND definition <> ALL($1::text[])`;
/** The newest of them, in order. */
const MOST_LINES = 1000;
const LINES = `
  SELECT type, at, step, outcome, detail FROM (
    SELECT * FROM saga_timeline WHERE saga_id = $1 ORDER BY at DESC, entry_no DESC, line_no DESC LIMIT ${MOST_LINES}) newest
  ORDER BY at, entry_no, line_no`;
const JOURNALS = `
  SELECT type, id, traceparent, definition, data, state, step, step_name AS "stepName", ask, attempt, failure, stuck,
    due_at IS NULL AND updated_at > to_timestamp((journal -> -1 ->> 'at')::bigint / 1e6) AS "endedUnrecorded",
    coalesce((SELECT jsonb_agg(entry ORDER BY t.id) FROM saga_transition t
      WHERE t.saga_id = saga.id AND t.type = saga.type AND entry IS NOT NULL), '[]') || coalesce(journal, '[]') AS journal
  FROM saga WHERE id = $1 ORDER BY started_at`;

/** Tells people how sagas stand; changes nothing. */
@Injectable()
export class SagaBook {
  constructor(
    private readonly work: UnitOfWork,
    @Inject(SagaCatalogue) private readonly catalogue: SagaCatalogue,
  ) {}

  /**
   * Those that are not at their end, stuck ones first, then oldest first.
   * @param since when they were begun at the earliest
   * @param definition its name (`checkout.v1`), its fingerprint, or `unknown` for those that this release does not know
   */
  async open({
    stuck,
    limit,
    since = ALWAYS,
    definition,
  }: Bounds & { stuck: boolean; definition?: string }): Promise<SagaEntry[]> {
    const fingerprints = definition === undefined ? null : await this.fingerprintsOf(definition);
    return (await this.work.query<Row>(OPEN, [stuck, limit, since, fingerprints])).map((row) =>
      this.toEntry(row),
    );
  }

  /** Those that are stuck, then those that were rolled back, newest first. @param since when they were rolled back at the earliest */
  async failed({ limit, since = ALWAYS }: Bounds): Promise<SagaEntry[]> {
    return (await this.work.query<Row>(FAILED, [limit, since])).map((row) => this.toEntry(row));
  }

  /** The sagas of one id, in the order of their beginning. */
  async of(id: string): Promise<SagaEntry[]> {
    return (await this.work.query<Row>(OF, [id])).map((row) => this.toEntry(row));
  }

  /** Of each id the saga that was begun last. */
  async newestOf(ids: readonly string[]): Promise<SagaEntry[]> {
    if (ids.length === 0) return [];
    return (await this.work.query<Row>(NEWEST, [ids])).map((row) => this.toEntry(row));
  }

  /** What happened to the sagas of one id, in order; of a very long history the newest 1,000 entries. */
  transitions(id: string): Promise<SagaTransition[]> {
    return this.work.query(LINES, [id]);
  }

  /** The journals of the sagas of one id, replayed through the present code, in the order of their beginning. */
  async journals(id: string): Promise<Journal[]> {
    const rows = await this.work.query<JournalRow>(JOURNALS, [id]);
    return rows.map((row) => journalOf(this.catalogue, row));
  }

  private async fingerprintsOf(definition: string): Promise<string[]> {
    if (definition === 'unknown') {
      const known = this.catalogue.fingerprints;
      const rows = await this.work.query<{ definition: string }>(UNKNOWN, [known]);
      return rows.map((row) => row.definition);
    }
    const released = this.catalogue.released.find(({ name }) => name === definition);
    if (!released) return [definition];
    return released.storedByPosition ? [released.fingerprint, ''] : [released.fingerprint];
  }

  private toEntry({ step, stepName, ask, ...row }: Row): SagaEntry {
    const definition = row.definition ?? this.catalogue.ofPositions(row.type);
    return {
      ...row,
      definition: this.catalogue.nameOf(definition),
      known: this.catalogue.find(definition) !== undefined,
      step: this.catalogue.stepNamed(row.type, definition, step, stepName),
      waitsFor: row.dueAt === null ? null : ask === null ? 'retry' : 'answer',
    };
  }
}
