import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  GetCustomers,
  GetSigningKeys,
  Login,
  Logout,
  Refresh,
  Register,
  type Session,
  UsersFailure,
} from '@caravan/contracts';
import { ENV, runService, type RunningService, TokenVerifier } from '@caravan/platform';
import { startTestService, type TestService } from '@caravan/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { HousekeepingService } from '../src/housekeeping.service.ts';
import { SigningKeysService } from '../src/signing-keys.service.ts';
import { usersEnv, type UsersEnv } from '../src/users.env.ts';
import { UsersModule } from '../src/users.module.ts';

const PASSWORD = 'correct horse';
let users: TestService;
let replica: RunningService;
let people = 0;

beforeAll(async () => {
  users = await startTestService(UsersModule, usersEnv, { DEMO_DATA: 'true' });
  const env = users.service.app.get<UsersEnv>(ENV);
  const source = { ...Object.fromEntries(Object.entries(env).map(([k, v]) => [k, String(v)])), REPLICA: '1' };
  // Two replicas that begin at once with nothing there yet.
  await users.halt();
  await users.database.query('TRUNCATE account, signing_key CASCADE');
  [, replica] = await Promise.all([users.restart(), runService(UsersModule, usersEnv, { source })]);
});
afterAll(async () => {
  await replica.stop();
  await users.stop();
});

const someone = async () => {
  const email = `someone-${++people}@example.com`;
  return { email, session: await users.ask(Register, { email, password: PASSWORD, name: 'Someone' }) };
};
const TOO_MANY = UsersFailure.tooManyAttempts;
const login = (email: string, password: string, address = '192.0.2.1') =>
  users.ask(Login, { email, password, address });
const refresh = ({ refreshToken }: Session) => users.ask(Refresh, { refreshToken });
const hashed = ({ refreshToken }: Session) => createHash('sha256').update(refreshToken).digest();
/** Moves the moment at which the session's refresh token was used first into the past. */
const usedEarlier = (session: Session, seconds: number) =>
  users.database.query(
    'UPDATE refresh_token SET used_at = used_at - make_interval(secs => $2) WHERE hash = $1',
    [hashed(session), seconds],
  );
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'passed',
    (failure: { code: string }) => failure.code,
  );

describe('an account', () => {
  it('is made with a session whose token verifies against the published keys', async () => {
    const { email, session } = await someone();
    expect(session).toMatchObject({
      user: { email, roles: ['customer'] },
      tokenType: 'Bearer',
      expiresIn: 600,
    });
    const verifier = new TokenVerifier(() => users.ask(GetSigningKeys, {}), {
      issuer: 'caravan',
      audience: 'caravan',
    });
    expect(await verifier.verify(session.accessToken)).toMatchObject({
      id: session.user.id,
      roles: ['customer'],
    });
    expect(decodeProtectedHeader(session.accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    const { exp, iat, sid, jti } = decodeJwt(session.accessToken);
    expect(exp! - iat!).toBe(600);
    expect([typeof sid, typeof jti]).toEqual(['string', 'string']);
  });

  it('is one, however its address is spelled and however many ask at once', async () => {
    const spellings = ['Ada@Example.com', 'ada@example.com', 'ＡＤＡ@example.com', ' ada@EXAMPLE.com'];
    const answers = await Promise.all(
      spellings.map((email) => codeOf(users.ask(Register, { email, password: PASSWORD, name: 'Ada' }))),
    );
    expect(answers.toSorted()).toEqual(['passed', ...Array(3).fill(UsersFailure.emailTaken)].toSorted());
    expect((await login('aDa@example.com', PASSWORD)).user.email).toBe('ada@example.com');
  });

  it('is not made from what makes no sense, and nothing is written', async () => {
    const wrong = { email: 'nobody', password: 'short', name: '' };
    await expect(users.ask(Register, wrong)).rejects.toMatchObject({
      code: UsersFailure.invalid,
      details: { issues: [{ path: 'email' }, { path: 'password' }, { path: 'name' }] },
    });
  });

  it('keeps text as text', async () => {
    const name = `Robert'); DROP TABLE account;-- <script>\${1}`;
    const { user } = await users.ask(Register, { email: 'bobby@example.com', password: PASSWORD, name });
    const { customers } = await users.ask(GetCustomers, {
      ids: [user.id, '01900000-0000-7000-8000-000000000000'],
    });
    expect(customers).toEqual([{ id: user.id, email: 'bobby@example.com', name, roles: ['customer'] }]);
  });

  it('is there twice for the demo, made once by two replicas', async () => {
    const { rows } = await users.database.query<{ email: string; roles: string[] }>(
      `SELECT email, roles FROM account WHERE email IN ('customer@example.com', 'staff@example.com') ORDER BY email`,
    );
    expect(rows).toEqual([
      { email: 'customer@example.com', roles: ['customer'] },
      { email: 'staff@example.com', roles: ['customer', 'staff'] },
    ]);
    expect((await login('staff@example.com', 'caravan-demo')).user.roles).toEqual(['customer', 'staff']);
  });

  it('has its password kept as argon2id and its refresh token as a hash', async () => {
    const { email, session } = await someone();
    const account = await users.database.query<{ password_hash: string }>(
      'SELECT password_hash FROM account WHERE email = $1',
      [email],
    );
    expect(account.rows[0]!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const hash = createHash('sha256').update(session.refreshToken).digest();
    const { rows } = await users.database.query(
      `SELECT expires_at - now() > interval '29 days 23 hours' AS long FROM refresh_token WHERE hash = $1`,
      [hash],
    );
    expect(rows).toEqual([{ long: true }]);
  });
});

describe('signing in', () => {
  it('answers a wrong password, an unknown account and what is no address alike', async () => {
    const { email } = await someone();
    const failures = await Promise.all(
      [email, 'unknown@example.com', 'no address', 'nul\0@example.com'].map((each) =>
        login(each, 'wrong password').catch((failure: unknown) => failure),
      ),
    );
    for (const failure of failures) expect(failure).toEqual(failures[0]);
    expect(failures[0]).toMatchObject({ code: UsersFailure.badCredentials });
  });

  it('takes about as long for an unknown account', async () => {
    const { email } = await someone();
    const timed = async (who: string, address: string) => {
      const started = performance.now();
      await codeOf(login(who, 'wrong password', address));
      return performance.now() - started;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 9; n++) {
      known.push(await timed(email, `198.51.100.${n}`));
      unknown.push(await timed(`unknown-${n}@example.com`, '198.51.100.1'));
    }
    // The quickest of each: whatever else runs on the machine only makes some slower.
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it.each(['a known', 'an unknown'])(
    'closes %s account to an address after five wrong passwords',
    async (which) => {
      const email = which === 'a known' ? (await someone()).email : 'never-there@example.com';
      for (let n = 0; n < 5; n++)
        expect(await codeOf(login(email, 'wrong'))).toBe(UsersFailure.badCredentials);
      await expect(login(email, PASSWORD)).rejects.toMatchObject({
        code: UsersFailure.tooManyAttempts,
        details: { retryAfterSeconds: 30 },
      });
      await expect(login(email.toUpperCase(), PASSWORD)).rejects.toMatchObject({
        code: UsersFailure.tooManyAttempts,
      });
      const elsewhere = await codeOf(login(email, PASSWORD, '203.0.113.9'));
      expect(elsewhere).toBe(which === 'a known' ? 'passed' : UsersFailure.badCredentials);
    },
  );

  it('closes an account to a client, whichever of its addresses and spellings it comes from', async () => {
    const { email } = await someone();
    const addresses = [1, 2, 3, 4, 5].map((n) => `2001:db8:7:7:${n}::${n}`);
    for (const address of addresses) await codeOf(login(email, 'wrong', address));
    const another = (address: string) => codeOf(login(email, PASSWORD, address));
    expect(await another('2001:0DB8:7:7:ffff::1')).toBe(UsersFailure.tooManyAttempts);
    expect(await another('2001:db8:7:7::/64')).toBe(UsersFailure.tooManyAttempts);
    expect(await another('2001:db8:7:8::1')).toBe('passed');
    const spellings = [
      '192.0.2.77',
      '::ffff:192.0.2.77',
      '::FFFF:c000:24d',
      '64:ff9b::192.0.2.77',
      '192.0.2.77',
    ];
    for (const address of spellings) await codeOf(login(email, 'wrong', address));
    expect(await another('0:0:0:0:0:ffff:192.0.2.77')).toBe(UsersFailure.tooManyAttempts);
  });

  it('delays logins to an account that many clients guess at, and locks its owner out from nowhere', async () => {
    for (const email of [(await someone()).email, 'guessed-at@example.com']) {
      for (let n = 0; n < 16; n++) await codeOf(login(email, 'wrong', `203.0.113.${n}`));
      const together = await Promise.all(
        [1, 2, 3, 4].map(() => codeOf(login(email, PASSWORD, '2001:db8:9::1'))),
      );
      const right = email === 'guessed-at@example.com' ? UsersFailure.badCredentials : 'passed';
      // Two wait and are answered as ever; the others of the same client come back later.
      expect(together.toSorted()).toEqual([right, right, TOO_MANY, TOO_MANY].toSorted());
      expect(await codeOf(login(email, PASSWORD, '198.51.100.200'))).toBe(right);
    }
  });

  it('closes for longer each time, opens again after it, and forgets with success', async () => {
    const { email } = await someone();
    const pass = () => users.database.query('UPDATE login_attempt SET closed_until = now()');
    for (let n = 0; n < 5; n++) await codeOf(login(email, 'wrong'));
    await pass();
    expect(await codeOf(login(email, 'wrong'))).toBe(UsersFailure.badCredentials);
    await expect(login(email, 'wrong')).rejects.toMatchObject({ details: { retryAfterSeconds: 60 } });
    await pass();
    expect(await codeOf(login(email, PASSWORD))).toBe('passed');
    expect(await codeOf(login(email, 'wrong'))).toBe(UsersFailure.badCredentials);
    expect(await codeOf(login(email, PASSWORD))).toBe('passed');
  });
});

describe('a session', () => {
  it('goes on with each new refresh token', async () => {
    const { session } = await someone();
    const second = await refresh(session);
    const third = await refresh(second);
    expect(new Set([session, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(decodeJwt(third.accessToken).sid).toBe(decodeJwt(session.accessToken).sid);
  });

  it('gives a token that is presented again within the reuse interval the same successor', async () => {
    const { session } = await someone();
    const first = await refresh(session);
    const again = await refresh(session);
    expect(again.refreshToken).toBe(first.refreshToken);
    expect(decodeJwt(again.accessToken).sid).toBe(decodeJwt(session.accessToken).sid);
    expect(await codeOf(refresh(again))).toBe('passed');
  });

  it('gives one successor to a token that is used by many at once, over two replicas', async () => {
    const { session } = await someone();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(session)));
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(await codeOf(refresh(answers[0]!))).toBe('passed');
  });

  it('ends as a whole when an old token comes back after the reuse interval', async () => {
    const { email, session } = await someone();
    const other = await login(email, PASSWORD);
    const second = await refresh(session);
    await usedEarlier(session, 31);
    expect(await codeOf(refresh(session))).toBe(UsersFailure.badRefreshToken);
    expect(await codeOf(refresh(second))).toBe(UsersFailure.badRefreshToken);
    expect(await codeOf(refresh(other))).toBe('passed');
  });

  it('gives no successor within the reuse interval once it has ended', async () => {
    const { session } = await someone();
    await refresh(session);
    await users.ask(Logout, { refreshToken: session.refreshToken });
    expect(await codeOf(refresh(session))).toBe(UsersFailure.badRefreshToken);
  });

  it('keeps nothing in the database from which a successor could be made without its predecessor', async () => {
    const { session } = await someone();
    const second = await refresh(session);
    const { rows } = await users.database.query<{ row: string }>(
      'SELECT refresh_token::text AS row FROM refresh_token',
    );
    const kept = rows.map(({ row }) => row).join('\n');
    for (const { refreshToken } of [session, second]) {
      expect(kept).not.toContain(refreshToken);
      expect(kept).not.toContain(Buffer.from(refreshToken, 'base64url').toString('hex'));
    }
    await usedEarlier(session, 31);
    await users.service.app.get(HousekeepingService, { strict: false }).sweep();
    const { rowCount } = await users.database.query(
      'SELECT 1 FROM refresh_token WHERE hash = $1 AND successor_salt IS NOT NULL',
      [hashed(session)],
    );
    expect(rowCount).toBe(0);
  });

  it('ends with logout, which may be said twice and by anybody', async () => {
    const { session } = await someone();
    const { refreshToken } = session;
    for (let n = 0; n < 2; n++) expect(await users.ask(Logout, { refreshToken })).toEqual({});
    expect(await codeOf(refresh(session))).toBe(UsersFailure.badRefreshToken);
    expect(await users.ask(Logout, { refreshToken: 'never was one' })).toEqual({});
    expect(await codeOf(users.ask(Refresh, { refreshToken: 'never was one' }))).toBe(
      UsersFailure.badRefreshToken,
    );
  });

  it('ends after 30 days, and is then swept out', async () => {
    const { session } = await someone();
    const hash = createHash('sha256').update(session.refreshToken).digest();
    await users.database.query(
      `WITH late AS (UPDATE refresh_token SET expires_at = now() - interval '1 s' WHERE hash = $1 RETURNING session_id)
       UPDATE session SET expires_at = now() - interval '1 s' FROM late WHERE id = session_id`,
      [hash],
    );
    expect(await codeOf(refresh(session))).toBe(UsersFailure.badRefreshToken);
    await users.service.app.get(HousekeepingService, { strict: false }).sweep();
    const { rowCount } = await users.database.query('SELECT 1 FROM refresh_token WHERE hash = $1', [hash]);
    expect(rowCount).toBe(0);
  });
});

describe('signing keys', () => {
  const upkeep = () =>
    Promise.all(
      [users.service, replica].map(({ app }) => app.get(SigningKeysService, { strict: false }).upkeep()),
    );
  const publishedKids = async () => (await users.ask(GetSigningKeys, {})).keys.map(({ kid }) => kid);

  it('are made once by two replicas and never shown whole', async () => {
    const { keys } = await users.ask(GetSigningKeys, {});
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('rotate with overlap: announced first, then signing, the old one published on', async () => {
    const { session } = await someone();
    const [old] = await publishedKids();
    await users.database.query(`UPDATE signing_key SET expires_at = now() + interval '90 minutes'`);
    await upkeep();
    const announced = await publishedKids();
    expect(announced).toHaveLength(2);
    expect(announced).toContain(old);
    expect(decodeProtectedHeader((await refresh(session)).accessToken).kid).toBe(old);

    await users.database.query(`UPDATE signing_key SET signs_from = now() WHERE signs_from > now()`);
    await upkeep();
    const { session: later } = await someone();
    expect(decodeProtectedHeader(later.accessToken).kid).toBe(announced.find((kid) => kid !== old));
    expect(await publishedKids()).toHaveLength(2);
  });
});
