import { Injectable } from '@nestjs/common';
import type { Tx } from '@caravan/outbox';
import type { RefreshToken } from './session.ts';

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
   * Uses a token up; of any number who try at once, one succeeds.
   * @returns the session it belongs to, undefined when the token is not, or no longer, good
   */
  async use(tx: Tx, hash: Buffer): Promise<{ sessionId: string; userId: string } | undefined> {
    const [used] = await tx.query<{ sessionId: string; userId: string }>(
      `UPDATE refresh_token token SET used_at = now() FROM session
       WHERE token.hash = $1 AND token.used_at IS NULL AND token.expires_at > now()
         AND session.id = token.session_id AND session.revoked_at IS NULL
       RETURNING session.id AS "sessionId", session.account_id AS "userId"`,
      [hash],
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

  /** Forgets what ended by itself. */
  async sweep(tx: Tx): Promise<void> {
    await tx.query(`DELETE FROM session WHERE expires_at < now()`);
    await tx.query(`DELETE FROM refresh_token WHERE expires_at < now()`);
  }
}
