import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Login, Refresh, Register } from '@caravan/contracts';
import { promisesNoMoreThanItKnows, startTestService, type TestService } from '@caravan/testing';
import { type Proxy, through } from '../../../chaos/tools/proxy.ts';
import { usersEnv } from '../src/users.env.ts';
import { UsersModule } from '../src/users.module.ts';

let users: TestService;
let database: Proxy;

beforeAll(async () => {
  users = await startTestService(UsersModule, usersEnv, async ({ DATABASE_URL }) => {
    const { proxy, url } = await through(DATABASE_URL!);
    database = proxy;
    return { DATABASE_URL: url };
  });
});
afterAll(async () => {
  await users?.stop();
  await database?.close();
});

const stranger = () => ({ email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'Ada' });
const held = async () =>
  (
    await users.database.query(
      `SELECT (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM session) AS sessions,
         (SELECT count(*) FROM refresh_token) AS tokens, (SELECT count(*) FROM refresh_token WHERE used_at IS NOT NULL) AS used`,
    )
  ).rows;

describe('says that nothing has happened only when nothing has:', () => {
  it(
    'register',
    () => promisesNoMoreThanItKnows(database, () => users.ask(Register, stranger(), 5_000), held),
    90_000,
  );

  it('login', async () => {
    const known = stranger();
    await users.ask(Register, known);
    await promisesNoMoreThanItKnows(database, () => users.ask(Login, known, 5_000), held);
  }, 90_000);

  it('refresh', async () => {
    const known = stranger();
    const tokens = [(await users.ask(Register, known)).refreshToken];
    while (tokens.length < 30) tokens.push((await users.ask(Login, known)).refreshToken);
    const refresh = () => users.ask(Refresh, { refreshToken: tokens.pop()! }, 5_000);
    await promisesNoMoreThanItKnows(database, refresh, held);
  }, 90_000);
});
