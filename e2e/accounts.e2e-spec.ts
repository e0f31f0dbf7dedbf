import { describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import {
  Client,
  Customer,
  freshEmail,
  guest,
  newCustomer,
  PASSWORD,
  type Problem,
  type Session,
} from './client.ts';
import { TEXT, TRACE_ID } from './shapes.ts';
import { theSystem } from './system.ts';

const login = (email: string, password: string) =>
  guest().post<Session & Problem>('/v1/auth/login', { email, password });
const refresh = (refreshToken: string) =>
  guest().post<Session & Problem>('/v1/auth/refresh', { refreshToken });
const me = async (token: string) =>
  (await new Client(token).askWeb<object>('{ me { id email name roles } }')).body;

describe('An account', () => {
  it('is registered and can be used at once', async () => {
    const email = freshEmail();
    const body = { email, password: PASSWORD, name: 'Grace Hopper' };
    const answer = await guest().post<Session>('/v1/auth/register', body);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      user: { id: TEXT, email, name: 'Grace Hopper', roles: ['customer'] },
      accessToken: TEXT,
      tokenType: 'Bearer',
      expiresIn: 600,
      refreshToken: TEXT,
    });
    expect(await me(answer.body.accessToken)).toEqual({ data: { me: answer.body.user } });
  });

  it('is there once per e-mail address', async () => {
    const { email } = await newCustomer();
    const body = { email: email.toUpperCase(), password: PASSWORD, name: 'Somebody Else' };
    const { status, body: problem } = await guest().post<Problem>('/v1/auth/register', body);
    expect([status, problem.status, problem.code]).toEqual([409, 409, 'users.email-taken']);
  });

  it('is refused with what is wrong with it', async () => {
    const good = { email: freshEmail(), password: PASSWORD, name: 'Grace Hopper' };
    const bad = [
      { ...good, email: 'not-an-address' },
      { ...good, password: 'short' },
      { ...good, name: '' },
      { email: good.email, password: good.password },
      { ...good, roles: ['staff'] },
      '{ "email": ',
    ];
    for (const body of bad) {
      const { status, body: problem } = await guest().post<Problem>('/v1/auth/register', body);
      expect([status, problem.status]).toEqual([400, 400]);
      expect(problem).toMatchObject({ title: TEXT, detail: TEXT, code: TEXT, traceId: TRACE_ID });
    }
    expect((await login(good.email, PASSWORD)).status).toBe(401);
  });

  it('is signed in to with the right password only, in the same words whether it is there or not', async () => {
    const { email, session } = await newCustomer();
    const right = await login(email, PASSWORD);
    expect(right.status).toBe(200);
    expect(right.body).toMatchObject({ user: session.user, tokenType: 'Bearer', expiresIn: 600 });
    const [wrong, unknown] = [await login(email, 'not the password'), await login(freshEmail(), PASSWORD)];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(wrong.body).toEqual({ ...unknown.body, traceId: TRACE_ID });
  });

  it('is closed for a while after too many wrong passwords', async () => {
    const { email } = await newCustomer();
    const statuses: number[] = [];
    let last = await login(email, 'wrong');
    for (; last.status === 401 && statuses.length < 20; last = await login(email, 'wrong'))
      statuses.push(last.status);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(last.headers.get('ratelimit')).toBeTruthy();
    expect(last.headers.get('ratelimit-policy')).toBeTruthy();
    expect((await login(email, PASSWORD)).status).toBe(429);
    expect((await login((await newCustomer()).email, PASSWORD)).status).toBe(200);
  });
});

describe('The demo’s accounts', () => {
  it.each([
    ['customer@example.com', ['customer']],
    ['staff@example.com', ['customer', 'staff']],
  ])('%s has the roles %j', async (email, roles) => {
    const { status, body } = await login(email, 'caravan-demo');
    expect(status).toBe(200);
    expect(body.user.roles.toSorted()).toEqual(roles);
  });
});

describe('A session', () => {
  it('goes on with a new refresh token each time', async () => {
    const { session } = await newCustomer();
    const first = await refresh(session.refreshToken);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ user: session.user, tokenType: 'Bearer', expiresIn: 600 });
    expect(first.body.refreshToken).not.toBe(session.refreshToken);
    expect(await me(first.body.accessToken)).toEqual({ data: { me: session.user } });
    expect((await refresh(first.body.refreshToken)).status).toBe(200);
  });

  it('goes on in both of two tabs that refresh with the same token', async () => {
    const { session } = await newCustomer();
    const [first, second] = await Promise.all([refresh(session.refreshToken), refresh(session.refreshToken)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.refreshToken).toBe(first.body.refreshToken);
    for (const { accessToken } of [first.body, second.body])
      expect(await me(accessToken)).toEqual({ data: { me: session.user } });
    expect((await refresh(second.body.refreshToken)).status).toBe(200);
  });

  it('ends with logout', async () => {
    const { session } = await newCustomer();
    const { refreshToken } = session;
    const out = await guest().post<string>('/v1/auth/logout', { refreshToken });
    expect([out.status, out.body]).toEqual([204, '']);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await guest().post('/v1/auth/logout', { refreshToken })).status).toBe(204);
  });

  it('never was with a made-up refresh token', async () => {
    const { status, body } = await refresh('made-up');
    expect([status, body.code]).toEqual([401, 'users.bad-refresh-token']);
  });
});

describe('An access token', () => {
  it('is an EdDSA at+jwt of ten minutes that anybody can verify with the public keys', async () => {
    const { session } = await newCustomer();
    expect(decodeProtectedHeader(session.accessToken)).toMatchObject({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: TEXT,
    });
    const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', theSystem().gatewayUrl));
    const { payload } = await jwtVerify(session.accessToken, jwks, { typ: 'at+jwt' });
    expect(payload.sub).toBe(session.user.id);
    expect(payload.exp! - payload.iat!).toBe(600);
  });

  it('is checked against keys of which nothing private is told', async () => {
    const { status, body } = await guest().get<{ keys: Record<string, string>[] }>('/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(body.keys.length).toBeGreaterThan(0);
    for (const key of body.keys) {
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: TEXT, x: TEXT });
      expect(key).not.toHaveProperty('d');
    }
  });

  it('is refused when anything about it is changed, also where none is needed', async () => {
    const customer = await newCustomer();
    const [head, , signature] = customer.session.accessToken.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: customer.session.user.id, roles: ['staff'] }));
    const forged = new Customer({
      ...customer.session,
      accessToken: `${head}.${claims.toString('base64url')}.${signature}`,
    });
    for (const query of ['{ me { id } }', '{ products { totalCount } }']) {
      const answer = await forged.askWeb(query);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });
});
