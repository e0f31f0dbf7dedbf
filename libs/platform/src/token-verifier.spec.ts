import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { ExpiredToken, TokenVerifier, type TokenVerifierOptions, UNAUTHENTICATED } from './token-verifier.ts';

const NOW = () => Math.floor(Date.now() / 1000);
let privateKey: CryptoKey;
let published: JWK;

async function newKey(kid: string): Promise<[CryptoKey, JWK]> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return [pair.privateKey, { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'EdDSA' }];
}

function verifier(
  options: Partial<TokenVerifierOptions> = {},
  fetchKeys?: () => Promise<{ keys: object[] }>,
) {
  const asked = { times: 0 };
  const instance = new TokenVerifier(
    () => {
      asked.times++;
      return fetchKeys ? fetchKeys() : Promise.resolve({ keys: [published] });
    },
    { issuer: 'caravan', audience: 'caravan', ...options },
  );
  return { instance, asked };
}

interface Change {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}

/** A good token, or one with a single thing wrong; a claim or header set to undefined is left out. */
function token({ claims = {}, header = {}, key = privateKey }: Change = {}): Promise<string> {
  const all = {
    iss: 'caravan',
    aud: 'caravan',
    sub: 'c1',
    jti: 'j1',
    roles: ['customer'],
    iat: NOW(),
    exp: NOW() + 600,
    ...claims,
  };
  return new SignJWT(all as never)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', ...header } as never)
    .sign(key, { crit: { strange: true } });
}

const b64 = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

beforeAll(async () => {
  [privateKey, published] = await newKey('k1');
});

describe('a token that ran out', () => {
  const old = { iat: NOW() - 700, exp: NOW() - 60 };

  it('is told from one that must not be believed, also when it is asked about again', async () => {
    const { instance } = verifier();
    const ranOut = await token({ claims: old });
    for (let n = 0; n < 2; n++) await expect(instance.verify(ranOut)).rejects.toThrow(ExpiredToken);
    const tooOld = await token({ claims: { iat: NOW() - 4_000 } });
    for (let n = 0; n < 2; n++) await expect(instance.verify(tooOld)).rejects.toThrow(ExpiredToken);
    expect(instance.remembered(ranOut) ?? instance.remembered(tooOld)).toBeUndefined();
  });

  it('is not one when it is forged, of an unknown key, or not for us', async () => {
    const { instance } = verifier();
    const [strange] = await newKey('k1');
    for (const change of [
      { key: strange },
      { header: { kid: 'k9' } },
      { header: { typ: 'JWT' } },
      { claims: { iss: 'x' } },
      { claims: { jti: undefined } },
    ] satisfies Change[]) {
      const bad = await token({
        ...change,
        claims: { ...old, ...('claims' in change ? change.claims : {}) },
      });
      const refusal = await instance.verify(bad).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: UNAUTHENTICATED });
      expect(refusal).not.toBeInstanceOf(ExpiredToken);
    }
  });
});

describe('TokenVerifier', () => {
  it('tells who a good token speaks for', async () => {
    const exp = NOW() + 60;
    const caller = await verifier().instance.verify(
      await token({ claims: { exp, roles: ['customer', 'staff', 'god'] } }),
    );
    expect(caller).toEqual({ id: 'c1', roles: ['customer', 'staff'], expiresAt: exp * 1000 });
  });

  it.each<[string, Change]>([
    ['expired', { claims: { iat: NOW() - 700, exp: NOW() - 60 } }],
    ['not valid yet', { claims: { nbf: NOW() + 60 } }],
    ['issued in the future', { claims: { iat: NOW() + 60 } }],
    ['too old whatever its exp says', { claims: { iat: NOW() - 7200 } }],
    ['of another issuer', { claims: { iss: 'mallory' } }],
    ['for another audience', { claims: { aud: 'elsewhere' } }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['without a type', { header: { typ: undefined } }],
    ['without sub', { claims: { sub: undefined } }],
    ['with an empty sub', { claims: { sub: '' } }],
    ['without exp', { claims: { exp: undefined } }],
    ['without jti', { claims: { jti: undefined } }],
    ['without iat', { claims: { iat: undefined } }],
    ['without kid', { header: { kid: undefined } }],
    ['of an unknown key', { header: { kid: 'k2' } }],
    ['with an unknown crit', { header: { crit: ['strange'], strange: 1 } }],
  ])('refuses a token %s', async (_what, change) => {
    const refusal = verifier().instance.verify(await token(change));
    await expect(refusal).rejects.toMatchObject({ code: 'caravan.unauthenticated' });
  });

  it('refuses junk, cut and swapped signatures, alg none and HS256 with the public key', async () => {
    const [other] = await newKey('k1');
    const [head, body, signature] = (await token()).split('.') as [string, string, string];
    const none = `${b64({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${body}.`;
    const hsHead = `${b64({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${body}`;
    const hs = `${hsHead}.${createHmac('sha256', Buffer.from(published.x!, 'base64url')).update(hsHead).digest('base64url')}`;
    const elevated = `${head}.${b64({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), roles: ['staff'] })}.${signature}`;
    const swapped = `${head}.${body}.${(await token({ key: other })).split('.')[2]}`;
    const cut = `${head}.${body}.${signature.slice(0, -4)}`;
    const { instance } = verifier();
    for (const bad of ['', 'x', 'a.b.c', none, hs, elevated, swapped, cut, 'x'.repeat(10_000)]) {
      await expect(instance.verify(bad)).rejects.toMatchObject({ code: 'caravan.unauthenticated' });
    }
  });

  it('remembers a verified token, and only so many', async () => {
    const { instance } = verifier({ remember: 2 });
    const [first, second, third] = await Promise.all(
      ['a', 'b', 'c'].map((jti) => token({ claims: { jti } })),
    );
    for (const each of [first!, second!]) await instance.verify(each);
    expect(instance.remembered(first!)).toMatchObject({ id: 'c1' });
    await instance.verify(third!);
    expect(instance.remembered(second!)).toBeUndefined();
    expect(instance.remembered(first!)).toBeDefined();
  });

  it('finds a rotated key after its clock, which was ahead, was set right', async () => {
    const [newPrivate, newPublic] = await newKey('k2');
    let keys = [published];
    const { instance } = verifier({ cooldownMs: 0 }, () => Promise.resolve({ keys }));
    const real = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(real + 5 * 86_400_000);
    await instance
      .verify(await token({ claims: { iat: Math.floor(real / 1000), exp: NOW() + 600 } }))
      .catch(() => undefined);
    clock.mockRestore();
    keys = [published, newPublic];
    const rotated = await token({ key: newPrivate, header: { kid: 'k2' } });
    expect(await instance.verify(rotated)).toMatchObject({ id: 'c1' });
  });

  it('asks once for keys when a flood of unknown ones comes, and finds a rotated key', async () => {
    const [newPrivate, newPublic] = await newKey('k2');
    let keys = [published];
    const { instance, asked } = verifier({ cooldownMs: 0 }, () => Promise.resolve({ keys }));
    await instance.verify(await token());
    keys = [published, newPublic];
    await instance.verify(await token({ key: newPrivate, header: { kid: 'k2' } }));
    expect(asked.times).toBe(2);

    const calm = verifier();
    await calm.instance.verify(await token());
    const strangers = await Promise.all(
      [...Array(50).keys()].map((n) => token({ header: { kid: `no-${n}` } })),
    );
    await Promise.allSettled(strangers.map((each) => calm.instance.verify(each)));
    expect(calm.asked.times).toBe(1);
  });

  it('serves on with the keys it has while their source is down or answers junk', async () => {
    const answers = [
      { keys: [published] },
      null,
      { keys: [{ kid: 'k1', kty: 'OKP', crv: 'Ed25519', x: '!' }] },
    ];
    const { instance, asked } = verifier({ cooldownMs: 0, refreshKeysMs: -1, remember: 0 }, () => {
      const answer = answers[asked.times - 1];
      return answer ? Promise.resolve(answer) : Promise.reject(new Error('down'));
    });
    for (let n = 0; n < 4; n++) expect(await instance.verify(await token())).toMatchObject({ id: 'c1' });
    expect(asked.times).toBeGreaterThan(2);
  });

  it('is unavailable only while there has never been a key', async () => {
    let up = false;
    const { instance } = verifier({}, () =>
      up ? Promise.resolve({ keys: [published] }) : Promise.reject(new Error('down')),
    );
    await expect(instance.verify(await token())).rejects.toMatchObject({ code: 'caravan.unavailable' });
    up = true;
    expect(await instance.verify(await token())).toMatchObject({ id: 'c1' });
  });

  it('forgets a withdrawn key also when no other token than the remembered one ever comes', async () => {
    const [, other] = await newKey('k9');
    let keys = [published];
    const { instance } = verifier({ cooldownMs: 0, refreshKeysMs: -1 }, () => Promise.resolve({ keys }));
    const good = await token();
    await instance.verify(good);
    keys = [other];
    while (instance.remembered(good)) await new Promise(setImmediate);
    await expect(instance.verify(good)).rejects.toMatchObject({ code: 'caravan.unauthenticated' });
  });

  it('forgets what a withdrawn key has signed', async () => {
    const [, other] = await newKey('k9');
    let keys = [published, other];
    const { instance } = verifier({ cooldownMs: 0, refreshKeysMs: -1 }, () => Promise.resolve({ keys }));
    const good = await token();
    await instance.verify(good);
    keys = [other];
    const passes = () => instance.verify(good).then(Boolean, () => false);
    while (await passes()) await new Promise(setImmediate);
    await expect(instance.verify(good)).rejects.toMatchObject({ code: 'caravan.unauthenticated' });
  });
});
