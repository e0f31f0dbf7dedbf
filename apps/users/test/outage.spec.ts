import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GetSigningKeys, Login, Register } from '@caravan/contracts';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { Proxy } from '../../../chaos/tools/proxy.ts';
import { usersEnv } from '../src/users.env.ts';
import { UsersModule } from '../src/users.module.ts';

let users: TestService;
let database: Proxy;
beforeAll(async () => {
  users = await startTestService(UsersModule, usersEnv, async ({ DATABASE_URL }) => {
    const url = new URL(DATABASE_URL!);
    database = await Proxy.open({ host: '127.0.0.1', port: Number(url.port) });
    url.host = `127.0.0.1:${database.port}`;
    return { DATABASE_URL: url.toString() };
  });
});
afterAll(async () => {
  await users?.stop();
  await database?.close();
});

const person = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' };
const login = () => users.ask(Login, { ...person, address: '192.0.2.1' });

it('while the database is away nobody can sign in or up, which is told as that; the keys are there all the same', async () => {
  await users.ask(Register, person);
  database.refusing = true;
  database.cut();
  await expect(login()).rejects.toMatchObject({ code: 'caravan.unavailable' });
  await expect(users.ask(Register, { ...person, email: 'b@example.com' })).rejects.toMatchObject({
    code: 'caravan.unavailable',
  });
  expect((await users.ask(GetSigningKeys, {})).keys.length).toBeGreaterThan(0);
  database.heal();
  await eventually(login);
});
