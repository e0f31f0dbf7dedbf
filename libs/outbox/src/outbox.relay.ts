import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  CONFIRM_TIMEOUT_MS,
  MESSAGE_TRANSPORT,
  type OutgoingMessage,
  RefusedError,
  type Transport,
  UnroutableError,
} from '@caravan/messaging';
import { endsBefore, faultPoint, Lifecycle } from '@caravan/platform';
import { isContention } from './database.errors.ts';
import type { OutboxRow } from './unit.of.work.ts';

type StoredRow = OutgoingMessage & Pick<OutboxRow, 'rowId'>;

/** Rows younger than this are on their way by the eager path; only older ones are the poller's business. */
const POLL = { everyMs: 1_000, olderThanMs: 2_000, rows: 500, afterRefusalMs: 5_000 };
/** Who has started or sent something lately may leave a row behind; else the poller looks less often, and a service at rest sleeps. */
const REST = { afterMs: 10_000, everyMs: 5_000 };
/** What is unhurried leaves at once after a pause, and so often while there is more: few batches, and full ones. */
const UNHURRIED_EVERY_MS = 200;
/** A confirm takes as long as an alarm of the broker; a transaction must not. Longer than CONFIRM_TIMEOUT_MS, shorter than the database allows. */
const HELD_MS = 17_000;
const DELETE = { everyMs: 500, rows: 500 };
/** Beyond so many unconfirmed rows new ones are left to the poller, so that a broker that is away does not fill the memory. */
const MAX_IN_FLIGHT = 20_000;
/** No message comes again after so long, unless an operator brings it; then its effect may happen again. */
const PRUNE = { everyMs: 60_000, keep: '7 days', rows: 10_000 };

const TAKE_OLD = `
  SELECT outbox.id AS "rowId", message_id AS id, type, routing_key AS "routingKey", body FROM outbox
  WHERE created_at < now() - make_interval(secs => $1) AND outbox.id > $2 ORDER BY outbox.id LIMIT $3 FOR UPDATE SKIP LOCKED`;
/** The first tells of all; to look at each would be to read the place of every row that was there since the last vacuum. */
const ANY_OLD = `
  SELECT 1 FROM (SELECT created_at FROM outbox ORDER BY id LIMIT 1) AS first WHERE created_at < now() - make_interval(secs => $1)`;
/** The transaction is idle while the broker confirms. */
const WAIT_FOR_CONFIRMS = `SET LOCAL idle_in_transaction_session_timeout = ${CONFIRM_TIMEOUT_MS + 5_000}`;
const FORGET = `DELETE FROM outbox WHERE id = ANY($1::bigint[])`;
/** A row that another transaction holds stays, and must not keep its neighbours from being deleted. To lock each row costs as much as to delete it. */
const FORGET_FREE = `
  DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE id = ANY($1::bigint[]) FOR UPDATE SKIP LOCKED)`;
const PRUNE_INBOX = `
  DELETE FROM inbox WHERE message_id IN (SELECT message_id FROM inbox WHERE consumed_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/**
 * Brings what is in the outbox to the broker. Rows just committed are published from memory; a poller takes what stayed behind
 * (a crash, a broker away). A row is deleted after the broker's confirm: a message may be published twice, never not at all.
 */
@Injectable()
export class OutboxRelay implements OnModuleInit {
  private readonly log = new Logger('Outbox');
  private soon: OutboxRow[] = [];
  private later: OutboxRow[] = [];
  private laterTimer: NodeJS.Timeout | undefined;
  private lastLeft = -Infinity;
  private confirmed: string[] = [];
  private scheduled = false;
  private deleting: NodeJS.Timeout | undefined;
  private readonly work = new Set<Promise<unknown>>();
  private inFlight = 0;
  private timers: NodeJS.Timeout[] = [];
  private polling = false;
  private pollAgainAt = 0;
  private polledAt = 0;
  private busyAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(MESSAGE_TRANSPORT) private readonly transport: Transport,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.busyAt = performance.now();
    this.timers = [
      setInterval(() => void this.poll(), POLL.everyMs),
      setInterval(() => void this.prune(), PRUNE.everyMs),
    ];
    void this.prune();
    this.lifecycle.onDrain('outgoing', () => this.drain());
  }

  /**
   * Publishes rows that were just committed, together with others of this event-loop turn, the unhurried ones with others of some more
   * turns. Never rejects: the poller is the net.
   */
  publishSoon(rows: readonly OutboxRow[]): void {
    this.busyAt = performance.now();
    if (this.inFlight + rows.length > MAX_IN_FLIGHT) return;
    this.inFlight += rows.length;
    for (const row of rows) (row.unhurried ? this.later : this.soon).push(row);
    if (this.soon.length > 0) this.publishAfterThisTurn();
    if (this.later.length > 0) this.publishAfterOthers();
  }

  private publishAfterThisTurn(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.track(this.publishEagerly(this.soon.splice(0)));
    });
  }

  private publishAfterOthers(): void {
    const wait = this.lastLeft + UNHURRIED_EVERY_MS - performance.now();
    this.laterTimer ??= setTimeout(() => this.track(this.publishUnhurried()), Math.max(0, wait));
  }

  private publishUnhurried(): Promise<void> {
    clearTimeout(this.laterTimer);
    this.laterTimer = undefined;
    this.lastLeft = performance.now();
    return this.publishEagerly(this.later.splice(0));
  }

  private async publishEagerly(rows: OutboxRow[]): Promise<void> {
    const results = await this.transport.publish(rows);
    this.inFlight -= rows.length;
    rows.forEach((row, i) => {
      if (results[i]?.status === 'fulfilled') this.confirmed.push(row.rowId);
    });
    if (this.confirmed.length >= DELETE.rows) this.track(this.forgetConfirmed());
    else this.deleting ??= setTimeout(() => this.track(this.forgetConfirmed()), DELETE.everyMs);
  }

  private async forgetConfirmed(): Promise<void> {
    clearTimeout(this.deleting);
    this.deleting = undefined;
    const ids = this.confirmed.splice(0);
    if (ids.length === 0) return;
    try {
      await faultPoint('outbox.before-mark');
      await this.dataSource.query(FORGET, [ids]).catch((error: unknown) => {
        if (!isContention(error)) throw error;
        return this.dataSource.query(FORGET_FREE, [ids]);
      });
    } catch (error) {
      // They stay, are published again by the poller, and the inboxes of their consumers drop them.
      this.log.warn(`Published rows could not be deleted: ${(error as Error).message}`);
    }
  }

  /** Publishes what the eager path left behind. Several replicas may do this at once: rows are locked, locked ones skipped. */
  private async poll(): Promise<void> {
    const now = performance.now();
    const rests = now - this.busyAt > REST.afterMs && now - this.polledAt < REST.everyMs;
    if (this.polling || this.lifecycle.draining || now < this.pollAgainAt || rests) return;
    this.polling = true;
    this.polledAt = now;
    try {
      // Mostly there is none, and one question is cheaper than a transaction.
      const old: unknown[] = await this.dataSource.query(ANY_OLD, [POLL.olderThanMs / 1_000]);
      if (old.length > 0) this.busyAt = now;
      let after = old.length > 0 ? '0' : undefined;
      while (after !== undefined && !this.lifecycle.draining) after = await this.pollOnce(after);
    } catch (error) {
      this.log.warn(`The outbox could not be polled: ${(error as Error).message}`);
    } finally {
      this.polling = false;
    }
  }

  /**
   * Publishes some of the rows after `after`; those that a queue refuses stay, and do not keep back the ones behind them.
   * @returns the last of them when there may be more; undefined when there are none, or nothing leaves at the moment
   */
  private async pollOnce(after: string): Promise<string | undefined> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(WAIT_FOR_CONFIRMS);
      const rows: StoredRow[] = await manager.query(TAKE_OLD, [POLL.olderThanMs / 1_000, after, POLL.rows]);
      if (rows.length === 0) return undefined;
      let results: PromiseSettledResult<void>[] = [];
      const publishing = this.transport.publish(rows).then((known) => (results = known));
      if (!(await endsBefore(publishing, HELD_MS))) {
        this.log.warn(
          `${rows.length} waiting message(s) are not confirmed yet; they will be published again`,
        );
        return undefined;
      }
      const published = rows.filter((_, i) => results[i]?.status === 'fulfilled').map((row) => row.rowId);
      await faultPoint('outbox.before-mark');
      await manager.query(FORGET, [published]);
      const failures = results.filter((result) => result.status === 'rejected');
      if (failures.length > 0) {
        if (failures.some(({ reason }) => isAboutOne(reason)))
          this.pollAgainAt = performance.now() + POLL.afterRefusalMs;
        this.log.warn(
          `${failures.length} of ${rows.length} waiting message(s) did not leave: ${String(failures[0]!.reason)}`,
        );
      }
      const nothingLeaves = failures.some(({ reason }) => !isAboutOne(reason));
      return nothingLeaves || rows.length < POLL.rows ? undefined : rows.at(-1)!.rowId;
    });
  }

  private async prune(): Promise<void> {
    try {
      let pruned: number;
      do [, pruned] = await this.dataSource.query<[unknown, number]>(PRUNE_INBOX, [PRUNE.keep, PRUNE.rows]);
      while (pruned === PRUNE.rows);
    } catch (error) {
      this.log.warn(`The inbox could not be pruned: ${(error as Error).message}`);
    }
  }

  private async drain(): Promise<void> {
    this.timers.forEach((timer) => clearInterval(timer));
    if (this.soon.length > 0) this.track(this.publishEagerly(this.soon.splice(0)));
    if (this.later.length > 0) this.track(this.publishUnhurried());
    while (this.work.size > 0) await Promise.all(this.work);
    await this.forgetConfirmed();
  }

  private track(work: Promise<unknown>): void {
    this.work.add(work);
    void work.finally(() => this.work.delete(work));
  }
}

/** It tells of the queue that one message is for, not of the broker. */
const isAboutOne = (reason: unknown): boolean =>
  reason instanceof RefusedError || reason instanceof UnroutableError;
