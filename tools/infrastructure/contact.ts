import amqp from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { Refusal } from '../supervision/managed-process.ts';
import { type Kind, titles, withoutPassword } from './infrastructure.ts';

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

/** What a server says of itself. */
interface Answer {
  version: string;
  /** What tells this server from another one with the same password: its data folder, node name or settings file. */
  mark: string;
}

async function askPostgres(url: string): Promise<Answer> {
  const { rows } = await withPostgres(url, (client) =>
    client.query<{ version: string; mark: string | null }>(
      "SELECT current_setting('server_version') AS version, (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS mark",
    ),
  );
  return { version: (rows[0]?.version ?? '').split(' ')[0] ?? '', mark: rows[0]?.mark ?? '' };
}

async function askRabbitmq(url: string): Promise<Answer> {
  const connection = await amqp.connect(url, { timeout: 5_000 });
  connection.on('error', () => undefined);
  const { version, cluster_name } = connection.connection.serverProperties as Record<string, unknown>;
  await connection.close();
  return { version: String(version), mark: String(cluster_name).split('@')[0] ?? '' };
}

async function askRedis(url: string): Promise<Answer> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const said = await redis.info('server');
    const value = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(said)?.[1]?.trim() ?? '';
    return { version: value('redis_version'), mark: value('config_file') };
  } finally {
    redis.disconnect();
  }
}

const asks: Record<Kind, (url: string) => Promise<Answer>> = {
  postgres: askPostgres,
  rabbitmq: askRabbitmq,
  redis: askRedis,
};

/** Connects for real and answers the server's version; fails when the server cannot be used. */
export const versionOf = async (kind: Kind, url: string): Promise<string> => (await asks[kind](url)).version;

/** Whether the server that was started with this mark can be used. @throws when another server answers */
export async function isOurs(kind: Kind, url: string, mark: string): Promise<boolean> {
  const answer = await asks[kind](url).catch((error: unknown) => {
    const { message, code = '' } = error as Error & { code?: string };
    const refused =
      ['28P01', '28000'].includes(code) || /^(WRONGPASS|NOAUTH|ERR invalid password)/.test(message);
    if (!refused) throw error;
    throw new Refusal(
      `${titles[kind]} at ${withoutPassword(url)} refuses the password of .data/secrets.json (${message}): ` +
        'npm start -- --fresh begins with empty databases and new passwords',
    );
  });
  if (answer.mark !== mark) throw new Error(`another server answers at ${withoutPassword(url)}`);
  return answer.version !== '';
}
