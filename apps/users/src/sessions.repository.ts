import { Injectable } from '@nestjs/common';
import type { Tx } from '@caravan/outbox';
import type { RefreshToken } from './session.ts';

/** One use of a refresh token: whose session it prolongs, and the salt that its successor is derived with. */
export interface Renewal {
  readonly sessionId: string;
  readonly userId: string;
  readonly salt: Buffer;
}

/** Sessions and their refresh tokens. Tokens are kept as hashes only. */
@Injectable()
export class SessionsRepository {
  async open(tx: Tx, sessionId: string, userId: string, token: RefreshToken): Promise<void> {
    await tx.query(
      `WITH opened AS (INSERT INTO session (id, account_id, expires_at) VALUES ($1, $2, $4) RETURNING id)
       INSERT INTO refresh_token (hash, session_id, expires_at) SELECT $3, id, $4 FROM opened`,
      [sessionId, userId, token.hash, token.expiresAt],
    );
  }

  /**
   * Uses a token up; of any number of concurrent calls, one succeeds.
   * @param salt what the token's successor is derived with, kept for the reuse interval
   * @returns the session it belongs to; undefined when the token was used before, is unknown, or has ended
   */
  async use(tx: Tx, hash: Buffer, salt: Buffer): Promise<Renewal | undefined> {
    const [used] = await tx.query<Renewal>(
      `UPDATE refresh_token token SET used_at = now(), successor_salt = $2 FROM session
       WHERE token.hash = $1 AND token.used_at IS NULL AND token.expires_at > now()
         AND session.id = token.session_id AND session.revoked_at IS NULL
       RETURNING session.id AS "sessionId", session.account_id AS "userId", token.successor_salt AS salt`,
      [hash, salt],
    );
    return used;
  }

  /** What a token that was used no longer than `seconds` ago was renewed with; undefined after that. */
  async usedRecently(tx: Tx, hash: Buffer, seconds: number): Promise<Renewal | undefined> {
    const [used] = await tx.query<Renewal>(
      `SELECT session.id AS "sessionId", session.account_id AS "userId", token.successor_salt AS salt
       FROM refresh_token token JOIN session ON session.id = token.session_id
       WHERE token.hash = $1 AND token.used_at > now() - make_interval(secs => $2)
         AND token.successor_salt IS NOT NULL AND session.revoked_at IS NULL`,
      [hash, seconds],
    );
    return used;
  }

  async succeed(tx: Tx, sessionId: string, token: RefreshToken): Promise<void> {
    await tx.query(
      `WITH prolonged AS (UPDATE session SET expires_at = $3 WHERE id = $1 RETURNING id)
       INSERT INTO refresh_token (hash, session_id, expires_at) SELECT $2, id, $3 FROM prolonged`,
      [sessionId, token.hash, token.expiresAt],
    );
  }

  /** Ends the session of a token that was used before. @returns the session, if this ended one */
  async revokeByReuse(tx: Tx, hash: Buffer): Promise<string | undefined> {
    const [revoked] = await tx.query<{ id: string }>(
      `UPDATE session SET revoked_at = now() FROM refresh_token token
       WHERE token.hash = $1 AND token.used_at IS NOT NULL
         AND session.id = token.session_id AND session.revoked_at IS NULL
       RETURNING session.id`,
      [hash],
    );
    return revoked?.id;
  }

  /** Ends the session of a token, whichever of its family it is. */
  async revoke(tx: Tx, hash: Buffer): Promise<void> {
    await tx.query(
      `UPDATE session SET revoked_at = now() FROM refresh_token token
       WHERE token.hash = $1 AND session.id = token.session_id AND session.revoked_at IS NULL`,
      [hash],
    );
  }

  /** Forgets what ended by itself, and the salts of tokens that were used before the reuse interval. */
  async sweep(tx: Tx, reuseSeconds: number): Promise<void> {
    await tx.query(`DELETE FROM session WHERE expires_at < now()`);
    await tx.query(`DELETE FROM refresh_token WHERE expires_at < now()`);
    await tx.query(
      `UPDATE refresh_token SET successor_salt = NULL
       WHERE successor_salt IS NOT NULL AND used_at <= now() - make_interval(secs => $1)`,
      [reuseSeconds],
    );
  }
}
