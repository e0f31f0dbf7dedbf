import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Failure,
  GetSigningKeys,
  Login,
  Logout,
  PaymentsFailure,
  ReceiveWebhook,
  Refresh,
  Register,
  unavailable,
  UsersFailure,
} from '@caravan/contracts';
import { generateKeyPair } from 'jose';
import { type Door, startDoor, type TokenChange } from './door.ts';

const QUERY = { query: '{ me { id } }' };
const now = () => Math.floor(Date.now() / 1000);
const session = {
  user: { id: '01900000-0000-7000-8000-000000000000', email: 'a@b.c', name: 'A', roles: ['customer'] },
  accessToken: 'x.y.z',
  tokenType: 'Bearer',
  expiresIn: 600,
  refreshToken: 'r',
};
let door: Door;

beforeAll(async () => {
  door = await startDoor();
});
afterAll(() => door.stop());
beforeEach(() => {
  door.services.asked.splice(0);
  door.upstream.reset();
});

describe('/v1/auth', () => {
  it('registers with 201, logs in with 200 and the address, refreshes, logs out with 204', async () => {
    for (const contract of [Register, Login, Refresh]) door.services.when(contract, session);
    door.services.when(Logout, {});
    const who = { email: 'a@b.c', password: 'long enough' };
    const registered = await door.post('/v1/auth/register', { ...who, name: 'A' });
    expect([registered.status, await registered.json()]).toEqual([201, session]);
    expect(registered.headers.get('cache-control')).toBe('no-store');
    expect((await door.post('/v1/auth/login', who)).status).toBe(200);
    expect((await door.post('/v1/auth/refresh', { refreshToken: 'r' })).status).toBe(200);
    const left = await door.post('/v1/auth/logout', { refreshToken: 'r' });
    expect([left.status, await left.text()]).toEqual([204, '']);
    expect(door.services.asked).toEqual([
      { type: 'users.register', data: { ...who, name: 'A' } },
      { type: 'users.login', data: { ...who, address: '127.0.0.1' } },
      { type: 'users.refresh', data: { refreshToken: 'r' } },
      { type: 'users.logout', data: { refreshToken: 'r' } },
    ]);
  });

  it.each<[string, number, Failure]>([
    ['bad credentials', 401, new Failure(UsersFailure.badCredentials, 'no')],
    ['an old refresh token', 401, new Failure(UsersFailure.badRefreshToken, 'no')],
    ['a taken address', 409, new Failure(UsersFailure.emailTaken, 'no')],
    [
      'weak words',
      400,
      new Failure(UsersFailure.invalid, 'no', { issues: [{ path: 'password', message: 'no' }] }),
    ],
    ['users away', 503, unavailable('users')],
  ])('answers %s with %i', async (_what, status, failure) => {
    door.services.when(Login, failure);
    const answer = await door.post('/v1/auth/login', { email: 'a', password: 'b' });
    const problem = (await answer.json()) as Record<string, unknown>;
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(problem).toMatchObject({ status, code: failure.code, instance: '/v1/auth/login' });
    for (const field of ['type', 'title', 'detail', 'traceId']) expect(typeof problem[field]).toBe('string');
    expect(answer.headers.has('www-authenticate')).toBe(status === 401);
  });

  it('answers too many attempts with 429 and when to come back', async () => {
    door.services.when(Login, new Failure(UsersFailure.tooManyAttempts, 'no', { retryAfterSeconds: 30 }));
    const answer = await door.post('/v1/auth/login', { email: 'a', password: 'b' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30']);
    expect(answer.headers.has('ratelimit')).toBe(true);
    expect(answer.headers.has('ratelimit-policy')).toBe(true);
  });

  it('says nothing of the inside when something breaks', async () => {
    door.services.answers.set(Login.type, () => {
      throw new Error('the password hash of Lovelace');
    });
    const answer = await door.post('/v1/auth/login', { email: 'a', password: 'b' });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/hash|Lovelace|at .*\.ts/);
  });

  it.each([
    ['a missing field', { email: 'a' }],
    ['a field of another kind', { email: 'a', password: 1 }],
    ['an unknown field', { email: 'a', password: 'b', admin: true }],
    ['too much of it', { email: 'a'.repeat(400), password: 'b' }],
  ])('refuses %s', async (_what, body) => {
    const answer = await door.post('/v1/auth/login', body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { issues: unknown[] }).issues).toHaveLength(1);
    expect(door.services.asked).toEqual([]);
  });
});

describe('access tokens', () => {
  const ask = (authorization?: string, path = '/web/graphql') =>
    door.post(path, QUERY, authorization === undefined ? {} : { authorization });

  it('let a good caller and a caller without one in', async () => {
    expect((await ask(`Bearer ${await door.token()}`)).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });

  it.each<[string, TokenChange]>([
    ['not valid yet', { claims: { nbf: now() + 60 } }],
    ['issued in the future', { claims: { iat: now() + 60 } }],
    ['of a wrong issuer', { claims: { iss: 'x' } }],
    ['for a wrong audience', { claims: { aud: 'x' } }],
    ['of a wrong type', { header: { typ: 'JWT' } }],
    ['without sub', { claims: { sub: undefined } }],
    ['without exp', { claims: { exp: undefined } }],
    ['without jti', { claims: { jti: undefined } }],
    ['with unknown crit', { header: { crit: ['strange'], strange: 1 } }],
    ['of an unknown key', { header: { kid: 'unknown' } }],
  ])('are refused when %s', async (_what, change) => {
    const answer = await ask(`Bearer ${await door.token(change)}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    expect(await answer.json()).toMatchObject({ code: 'caravan.unauthenticated' });
    expect(door.upstream.seen).toEqual([]);
  });

  it('that ran out pass to the APIs as they came, which tell; a forged or malformed one that ran out does not', async () => {
    const old = { iat: now() - 700, exp: now() - 60 };
    const ranOut = await door.token({ claims: old });
    for (const path of ['/web/graphql', '/mobile/graphql']) {
      expect((await ask(`Bearer ${ranOut}`, path)).status).toBe(200);
      expect(door.upstream.seen.at(-1)!.headers.authorization).toBe(`Bearer ${ranOut}`);
    }
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    for (const change of [
      { key: privateKey },
      { header: { kid: 'never-published' } },
      { header: { typ: 'JWT' } },
      { claims: { iss: 'x' } },
      { claims: { aud: 'x' } },
      { claims: { sub: undefined } },
    ]) {
      const token = await door.token({ ...change, claims: { ...old, ...change.claims } });
      expect((await ask(`Bearer ${token}`)).status).toBe(401);
    }
    const [head, , signature] = ranOut.split('.');
    const claims = Buffer.from(JSON.stringify({ ...old, sub: 'another' })).toString('base64url');
    expect((await ask(`Bearer ${head}.${claims}.${signature}`)).status).toBe(401);
  });

  it('that ran out count against the address, not against the customer they once spoke for', async () => {
    const small = await startDoor({ RATE_LIMIT_PER_CUSTOMER: '1' });
    try {
      const ranOut = await small.token({ claims: { iat: now() - 700, exp: now() - 60 } });
      const one = () => small.post('/web/graphql', QUERY, { authorization: `Bearer ${ranOut}` });
      const answers = await Promise.all(Array.from({ length: 20 }, one));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const good = await small.token();
      expect((await small.post('/web/graphql', QUERY, { authorization: `Bearer ${good}` })).status).toBe(200);
    } finally {
      await small.stop();
    }
  });

  it('are refused when forged, cut, or no Bearer at all', async () => {
    const good = await door.token();
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const forged = await door.token({ key: privateKey });
    for (const bad of [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${good}`,
      `Bearer ${forged}`,
      `Bearer ${good.slice(0, -5)}`,
      good,
    ]) {
      expect([bad, (await ask(bad)).status]).toEqual([bad, 401]);
    }
  });

  it('are not looked for in the URL', async () => {
    const answer = await ask(undefined, `/web/graphql?access_token=${await door.token()}`);
    expect(answer.status).toBe(200);
    expect(door.upstream.seen[0]!.headers).not.toHaveProperty('authorization');
    expect(door.upstream.seen[0]!.url).toBe('/graphql');
  });

  it('ask for keys once when a flood of unknown ones comes', async () => {
    const fresh = await startDoor();
    try {
      const tokens = await Promise.all(
        [...Array(40).keys()].map((n) => fresh.token({ header: { kid: `unknown-${n}` } })),
      );
      const answers = await Promise.all(
        tokens.map((each) => fresh.post('/web/graphql', QUERY, { authorization: `Bearer ${each}` })),
      );
      expect(answers.every(({ status }) => status === 401)).toBe(true);
      expect(fresh.services.times(GetSigningKeys)).toBe(1);
    } finally {
      await fresh.stop();
    }
  });

  it('are 503 only while there never was a key; keys that were seen serve on', async () => {
    const fresh = await startDoor();
    try {
      fresh.services.when(GetSigningKeys, unavailable('users'));
      const authorization = `Bearer ${await fresh.token()}`;
      expect((await fresh.post('/web/graphql', QUERY, { authorization })).status).toBe(503);
      expect((await fresh.fetch('/.well-known/jwks.json')).status).toBe(503);
      fresh.services.when(GetSigningKeys, { keys: [fresh.jwk] });
      expect((await fresh.post('/web/graphql', QUERY, { authorization })).status).toBe(200);
      fresh.services.when(GetSigningKeys, unavailable('users'));
      const later = `Bearer ${await fresh.token({ claims: { jti: 'j2' } })}`;
      expect((await fresh.post('/web/graphql', QUERY, { authorization: later })).status).toBe(200);
      expect(await (await fresh.fetch('/.well-known/jwks.json')).json()).toEqual({ keys: [fresh.jwk] });
    } finally {
      await fresh.stop();
    }
  });
});

describe('the card processor at the door', () => {
  const notice = (body: string) =>
    door.post('/v1/webhooks/payments', body, { 'stripe-signature': 't=1,v1=abc' });

  it('has its notices handed on as they came', async () => {
    door.services.when(ReceiveWebhook, {});
    const payload = '{ "id": "evt_1",\n "big": 12345678901234567890 }';
    expect((await notice(payload)).status).toBe(200);
    expect(door.services.asked).toEqual([
      { type: 'payments.receive-webhook', data: { payload, signature: 't=1,v1=abc' } },
    ]);
  });

  it.each([
    [PaymentsFailure.badSignature, 401],
    [PaymentsFailure.staleSignature, 400],
  ])('is refused for %s with %i', async (code, status) => {
    door.services.when(ReceiveWebhook, new Failure(code, 'no'));
    expect((await notice('{}')).status).toBe(status);
  });
});
