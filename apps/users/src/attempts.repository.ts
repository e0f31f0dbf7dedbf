import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { clientKey } from '@caravan/platform';
import { DataSource } from 'typeorm';
import { FORGOTTEN_AFTER, PENALTIES } from './attempt.ts';

/** Wrong passwords, counted per account and client and per account alone in the database, so that every replica knows. */
@Injectable()
export class AttemptsRepository {
  constructor(private readonly database: DataSource) {}

  /** @returns seconds that the account is still closed to the address; 0 when it is open */
  async closedFor(account: string, address: string): Promise<number> {
    const rows = await this.database.query<{ seconds: number }[]>(
      `SELECT ceil(extract(epoch FROM closed_until - clock_timestamp()))::int AS seconds FROM login_attempt
       WHERE key = $1`,
      [keyOf(account, address)],
    );
    return Math.max(0, rows[0]?.seconds ?? 0);
  }

  /** @returns how many wrong passwords the account got lately, from whichever client */
  async failuresOf(account: string): Promise<number> {
    const rows = await this.database.query<{ failures: number }[]>(
      `SELECT failures FROM login_attempt WHERE key = $1 AND last_failure_at > now() - make_interval(secs => $2::int)`,
      [keyOf(account), FORGOTTEN_AFTER],
    );
    return rows[0]?.failures ?? 0;
  }

  async recordFailure(account: string, address: string): Promise<void> {
    await this.database.query(
      `INSERT INTO login_attempt AS known (key, failures, last_failure_at, closed_until)
       SELECT key, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => ($2::int[])[1])
       FROM unnest($1::bytea[]) AS key
       ON CONFLICT (key) DO UPDATE SET (failures, last_failure_at, closed_until) = (
         SELECT n, clock_timestamp(), clock_timestamp() + make_interval(secs => ($2::int[])[least(n, $3::int)])
         FROM (SELECT CASE WHEN known.last_failure_at < now() - make_interval(secs => $4::int) THEN 1
                           ELSE known.failures + 1 END AS n) AS counted)`,
      [[keyOf(account, address), keyOf(account)], PENALTIES, PENALTIES.length, FORGOTTEN_AFTER],
    );
  }

  async forget(account: string, address: string): Promise<void> {
    await this.database.query(`DELETE FROM login_attempt WHERE key = $1`, [keyOf(account, address)]);
  }

  async sweep(): Promise<void> {
    await this.database.query(
      `DELETE FROM login_attempt WHERE last_failure_at < now() - make_interval(secs => $1::int)`,
      [FORGOTTEN_AFTER],
    );
  }
}

/** By client, so that the addresses of one /64 are one; what is no address is one client too. Without address: over all. */
const keyOf = (account: string, address?: string): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(address === undefined ? [account] : [account, clientKey(address) ?? '']))
    .digest();
