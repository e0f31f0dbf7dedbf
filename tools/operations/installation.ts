import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Folders, foldersAt } from '../checkout.ts';
import { type Flag, WrongWords } from '../command-line.ts';
import { runningState } from '../supervision/run-state.ts';
import { Trouble } from './program.ts';

/** Flags that every command of an operator has. */
export const everywhere = {
  url: {
    type: 'string',
    value: 'amqp://…',
    help: 'the broker of an installation elsewhere (or RABBITMQ_URL); else the one of this checkout',
  },
} as const satisfies Record<string, Flag>;

export const forPrograms = {
  json: { type: 'boolean', help: 'for programs' },
} as const satisfies Record<string, Flag>;

/** Flags of what leaves a line in the audit trail. */
export const signed = {
  by: { type: 'string', value: 'NAME', help: 'who does it, for the audit trail (your user name)' },
  reason: { type: 'string', value: 'TEXT', help: 'why, for the audit trail' },
} as const satisfies Record<string, Flag>;

/** Who acts, unless somebody says another name. */
export function actor(by: string | undefined): string {
  if (by) return by;
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? 'somebody';
  }
}

/** Where the broker is: said, or in the environment, or that of the system that runs in this checkout. */
export function brokerUrl(
  said: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
  folders: Folders = foldersAt(),
): string {
  const given = said ?? env.RABBITMQ_URL;
  if (given) {
    if (!URL.canParse(given) || !/^amqps?:/.test(given))
      throw new WrongWords(
        'The URL of a broker is wanted, in --url or RABBITMQ_URL: amqp://user:password@host.',
      );
    return given;
  }
  const state = runningState(folders);
  if (!state) {
    throw new Trouble(
      'Caravan does not run in this checkout. Start it: npm start. For an installation elsewhere: --url amqp://… or RABBITMQ_URL.',
    );
  }
  const url = environmentOf('orders', folders).RABBITMQ_URL;
  if (state.topology === 'single-process' || !url) {
    throw new Trouble(
      'Caravan runs here as one process, without a broker, which this command speaks through. npm run dlq works without one; docs/single-process.md says how to split the process.',
    );
  }
  return url;
}

/** The database of each service of an installation in one process without a broker; undefined for one with a broker. */
export function databasesInMemory(
  said: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
  folders: Folders = foldersAt(),
): ((service: string) => string | undefined) | undefined {
  const own = (all: Readonly<Record<string, string | undefined>>) => (service: string) =>
    all[`${service.toUpperCase().replaceAll('-', '_')}__DATABASE_URL`];
  const given = said ?? env.RABBITMQ_URL;
  if (given !== undefined) return given.startsWith('memory:') ? own(env) : undefined;
  if (runningState(folders)?.topology !== 'single-process') return undefined;
  const process_ = environmentOf('single-process', folders);
  const broker = process_.ORDERS__RABBITMQ_URL ?? process_.RABBITMQ_URL;
  return broker?.startsWith('memory:') ? own(process_) : undefined;
}

/** What the supervisor gave a process to read; nothing when there is no such process. */
function environmentOf(name: string, folders: Folders): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(join(folders.run, 'env', `${name}.env`), 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
