import { Injectable } from '@nestjs/common';
import type { Tx } from '@caravan/outbox';
import type { JWK } from 'jose';
import type { SigningPeriod } from './signing-key.ts';

/** A key as it lies in this service's own database, the only place that knows its private part. */
export interface StoredKey extends SigningPeriod {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

interface Row {
  kid: string;
  private_jwk: JWK;
  public_jwk: JWK;
  signs_from: Date;
  expires_at: Date;
}

@Injectable()
export class SigningKeysRepository {
  /** All keys, after waiting for whoever else is about to change them. */
  async lockAll(tx: Tx): Promise<StoredKey[]> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('users.signing-keys'))`);
    const rows = await tx.query<Row>(
      `SELECT kid, private_jwk, public_jwk, signs_from, expires_at FROM signing_key`,
    );
    return rows.map((row) => ({
      kid: row.kid,
      privateJwk: row.private_jwk,
      publicJwk: row.public_jwk,
      signsFrom: row.signs_from.getTime(),
      expiresAt: row.expires_at.getTime(),
    }));
  }

  async add(tx: Tx, key: StoredKey): Promise<void> {
    await tx.query(
      `INSERT INTO signing_key (kid, private_jwk, public_jwk, signs_from, expires_at) VALUES ($1, $2, $3, $4, $5)`,
      [key.kid, key.privateJwk, key.publicJwk, new Date(key.signsFrom), new Date(key.expiresAt)],
    );
  }

  async removeExpired(tx: Tx): Promise<void> {
    await tx.query(`DELETE FROM signing_key WHERE expires_at < now()`);
  }
}
