import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Client } from 'pg';
import type { Secrets } from '../secrets.ts';
import { withPostgres } from './contact.ts';
import type { Server } from './infrastructure.ts';

/** Services that have a database of their own. */
export const owners = ['users', 'orders', 'payments', 'inventory', 'notifications'];

export interface DatabaseOptions {
  prefix: string;
  fresh: boolean;
}

/**
 * Gives every owner its own role and database, and answers their URLs by owner.
 * Nobody but the owner may connect to it; on a server of our own, to no other database either.
 */
export async function prepareDatabases(
  server: Server,
  secrets: Secrets,
  options: DatabaseOptions,
): Promise<Map<string, string>> {
  return withPostgres(server.url, async (client) => {
    if (server.ours) {
      for (const name of ['postgres', 'template1'])
        await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    }
    const urls = new Map<string, string>();
    for (const owner of owners) {
      const name = `${options.prefix}${owner}`;
      const password = secrets.get(`postgres:${name}`);
      await prepareOne(client, name, password, options.fresh);
      const url = new URL(server.url);
      url.username = name;
      url.password = password;
      url.pathname = `/${name}`;
      urls.set(owner, url.toString());
    }
    return urls;
  });
}

async function prepareOne(client: Client, name: string, password: string, fresh: boolean): Promise<void> {
  const identifier = escapeIdentifier(name);
  const exists = async (table: string, column: string): Promise<boolean> =>
    (await client.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [name])).rowCount === 1;
  const verb = (await exists('pg_roles', 'rolname')) ? 'ALTER' : 'CREATE';
  await client.query(`${verb} ROLE ${identifier} LOGIN PASSWORD ${escapeLiteral(password)}`);
  if (fresh) await client.query(`DROP DATABASE IF EXISTS ${identifier} WITH (FORCE)`);
  if (!(await exists('pg_database', 'datname'))) {
    // PostgreSQL 16 and later let a creator who is no superuser give a database away only to a role it is in.
    await client.query(`GRANT ${identifier} TO CURRENT_USER`);
    await client.query(`CREATE DATABASE ${identifier} OWNER ${identifier}`);
  }
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${identifier} FROM PUBLIC`);
}
