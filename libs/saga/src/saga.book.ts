import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '@caravan/outbox';
import type { SagaDefinition } from './saga.definition.ts';
import type { SagaState } from './saga.machine.ts';
import { SAGA_DEFINITIONS } from './saga.runner.ts';

/** A saga as people look at it. */
export interface SagaEntry {
  readonly type: string;
  readonly id: string;
  readonly state: SagaState;
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
  readonly outcome: string;
  readonly detail: string | null;
}

type Row = Omit<SagaEntry, 'step' | 'waitsFor'> & { step: number; ask: string | null };

interface Bounds {
  readonly limit: number;
  readonly since?: Date;
}

const ALWAYS = new Date(0);

/** What does not lead to another step. */
const STAYS = `'failed', 'undo failed', 'stuck', 'retried'`;
const ENTRY = `
  SELECT type, id, state, step, ask, attempt, stuck, data, started_at AS "startedAt", due_at AS "dueAt",
    COALESCE((SELECT at FROM saga_transition t WHERE t.saga_id = saga.id AND t.type = saga.type
      AND outcome NOT IN (${STAYS}) ORDER BY t.id DESC LIMIT 1), started_at) AS since,
    CASE WHEN due_at IS NULL THEN updated_at END AS "endedAt",
    COALESCE(CASE WHEN state = 'rolled_back' THEN (failure ->> 'code') || ': ' || (failure ->> 'message') END, (SELECT detail FROM saga_transition t WHERE t.saga_id = saga.id AND t.type = saga.type
      AND detail IS NOT NULL ORDER BY t.id DESC LIMIT 1)) AS "lastFailure"
  FROM saga`;
const OPEN = `${ENTRY} WHERE due_at IS NOT NULL AND (stuck OR NOT $1) AND started_at >= $3 ORDER BY stuck DESC, started_at LIMIT $2`;
const FAILED = `
  (${ENTRY} WHERE due_at IS NOT NULL AND stuck ORDER BY started_at LIMIT $1)
  UNION ALL
  (${ENTRY} WHERE state = 'rolled_back' AND updated_at >= $2 ORDER BY updated_at DESC LIMIT $1)
  LIMIT $1`;
const OF = `${ENTRY} WHERE id = $1 ORDER BY started_at`;
const NEWEST = `SELECT DISTINCT ON (id) * FROM (${ENTRY} WHERE id = ANY($1::uuid[])) entries ORDER BY id, "startedAt" DESC, type`;
/** The newest of them, in order. */
const MOST_TRANSITIONS = 1000;
const TRANSITIONS = `
  SELECT type, at, step, outcome, detail FROM (
    SELECT * FROM saga_transition WHERE saga_id = $1 ORDER BY id DESC LIMIT ${MOST_TRANSITIONS}) newest
  ORDER BY id`;

/** Tells people how sagas stand; changes nothing. */
@Injectable()
export class SagaBook {
  constructor(
    private readonly work: UnitOfWork,
    @Inject(SAGA_DEFINITIONS) private readonly definitions: SagaDefinition<never>[],
  ) {}

  /** Those that are not at their end, stuck ones first, then oldest first. @param since when they were begun at the earliest */
  async open({ stuck, limit, since = ALWAYS }: Bounds & { stuck: boolean }): Promise<SagaEntry[]> {
    return (await this.work.query<Row>(OPEN, [stuck, limit, since])).map((row) => this.toEntry(row));
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
    return this.work.query(TRANSITIONS, [id]);
  }

  private toEntry({ step, ask, ...row }: Row): SagaEntry {
    const { steps } = this.definitions.find(({ type }) => type === row.type) ?? { steps: [] };
    return {
      ...row,
      step: (steps[step] ?? steps.at(-1))?.name ?? row.type,
      waitsFor: row.dueAt === null ? null : ask === null ? 'retry' : 'answer',
    };
  }
}
