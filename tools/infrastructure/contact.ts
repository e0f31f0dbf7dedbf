import amqp from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Kind } from './infrastructure.ts';

/** Runs one piece of work on a connection of its own. */
export async function withPostgres<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function postgresVersion(url: string): Promise<string> {
  const { rows } = await withPostgres(url, (client) =>
    client.query<{ version: string }>("SELECT current_setting('server_version') AS version"),
  );
  return (rows[0]?.version ?? '').split(' ')[0] ?? '';
}

async function rabbitmqVersion(url: string): Promise<string> {
  const connection = await amqp.connect(url, { timeout: 5_000 });
  connection.on('error', () => undefined);
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return version;
}

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '';
  } finally {
    redis.disconnect();
  }
}

const asks: Record<Kind, (url: string) => Promise<string>> = {
  postgres: postgresVersion,
  rabbitmq: rabbitmqVersion,
  redis: redisVersion,
};

/** Connects for real and answers the server's version; fails when the server cannot be used. */
export const versionOf = (kind: Kind, url: string): Promise<string> => asks[kind](url);
