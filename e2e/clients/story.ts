import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importJWK, type JWK, SignJWT } from 'jose';
import { Client } from 'pg';
import { type Customer, PASSWORD } from '../client.ts';
import { ADDRESS } from '../shop.ts';
import { theSystem } from '../system.ts';

/** What a program that uses the documented clients is told. */
export interface Story {
  folder: string;
  clients: string[];
  email: string;
  password: string;
  /** An access token of this customer that ran out. */
  expired: string;
  input: object;
}

/** A token as users made it ten minutes ago and more, signed with the key that signs today. */
export async function expiredToken({ session }: Customer): Promise<string> {
  const database = new Client({ connectionString: theSystem().databaseUrls['users'] });
  await database.connect();
  try {
    const { rows } = await database.query<{ kid: string; private_jwk: JWK }>(
      'SELECT kid, private_jwk FROM signing_key WHERE signs_from <= now() ORDER BY signs_from DESC LIMIT 1',
    );
    const { kid, private_jwk } = rows[0]!;
    const issuedAt = Math.floor(Date.now() / 1000) - 700;
    return await new SignJWT({ roles: session.user.roles })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
      .setIssuer('caravan')
      .setAudience('caravan')
      .setSubject(session.user.id)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 600)
      .sign(await importJWK(private_jwk, 'EdDSA'));
  } finally {
    await database.end();
  }
}

export async function storyFor(
  customer: Customer,
  sku: string,
  folder: string,
  clients: string[],
): Promise<Story> {
  const input = { lines: [{ sku, quantity: 1 }], paymentMethod: 'pm_card_visa', shippingAddress: ADDRESS };
  return {
    folder,
    clients,
    email: customer.email,
    password: PASSWORD,
    expired: await expiredToken(customer),
    input,
  };
}

/** Runs a program beside this file, in a process of its own, and reads the JSON that it prints. */
export async function tell<T>(program: string, story: Story): Promise<T> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, program), JSON.stringify(story)],
    { timeout: 120_000, maxBuffer: 16 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as T;
}
