import { Injectable } from '@nestjs/common';
import type { DataOf, ListActions, OperatorAction } from '@caravan/contracts';
import { storable } from '@caravan/platform';
import type { Tx } from './tx.ts';
import { UnitOfWork } from './unit.of.work.ts';

/** What was done, as the one who does it tells it. `content` is what is gone afterwards. */
export type Deed = Pick<OperatorAction, 'action' | 'subject' | 'about' | 'by' | 'reason' | 'outcome'> & {
  readonly message?: string;
  readonly content?: Buffer | null;
};

type Row = Omit<OperatorAction, 'at' | 'content'> & { at: Date; content: Buffer | null };

/** Longest text that is kept of each field; some come off the wire. */
const TEXT = 4_000;

const RECORD = `
  INSERT INTO operator_action (action, subject, about, actor, reason, outcome, message, content)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])
  RETURNING id`;
const CONCLUDE = `UPDATE operator_action SET outcome = 'done' WHERE id = ANY($1::bigint[]) AND outcome = 'begun'`;
const LIST = `
  SELECT id, at, action, subject, about, actor AS by, reason, outcome, message,
    CASE WHEN $2::text IS NOT NULL THEN content END AS content
  FROM operator_action
  WHERE action = ANY($1::text[]) AND ($2::text IS NULL OR $2 IN (subject, about))
  ORDER BY id DESC LIMIT $3`;

/** The audit trail of what people did by hand: who, what, why, and what came of it. Nothing in it is ever deleted. */
@Injectable()
export class OperatorActions {
  constructor(private readonly work: UnitOfWork) {}

  /** Writes deeds down in the transaction that does them. @returns their ids, in order */
  async record(tx: Tx, deeds: readonly Deed[]): Promise<string[]> {
    const columns = [
      deeds.map((deed) => deed.action),
      deeds.map((deed) => storable(deed.subject, TEXT)),
      deeds.map((deed) => storable(deed.about, TEXT)),
      deeds.map((deed) => storable(deed.by, TEXT)),
      deeds.map((deed) => deed.reason && storable(deed.reason, TEXT)),
      deeds.map((deed) => deed.outcome),
      deeds.map((deed) => storable(deed.message ?? '', TEXT)),
      deeds.map((deed) => deed.content ?? null),
    ];
    return (await tx.query<{ id: string }>(RECORD, columns)).map((row) => row.id);
  }

  /** What was begun is done. */
  conclude(ids: readonly string[]): Promise<void> {
    return this.work.run(async (tx) => void (await tx.query(CONCLUDE, [ids])));
  }

  /** Newest first; with content only when one subject is asked for. */
  async list({ actions, subject, limit }: DataOf<typeof ListActions>): Promise<OperatorAction[]> {
    const rows = await this.work.query<Row>(LIST, [actions, subject, limit]);
    return rows.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      content: row.content?.toString('base64') ?? null,
    }));
  }
}
