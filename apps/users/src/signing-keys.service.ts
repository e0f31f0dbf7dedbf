import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { UnitOfWork, untilAnswered } from '@caravan/outbox';
import { ENV, Lifecycle } from '@caravan/platform';
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose';
import { dueKey, published, signerAmong, type SigningPeriod } from './signing-key.ts';
import { SigningKeysRepository, type StoredKey } from './signing-keys.repository.ts';
import type { User } from './user.ts';
import type { UsersEnv } from './users.env.ts';

export const ACCESS_TOKEN_SECONDS = 600;
const LOOK_AGAIN_MS = 60_000;

/** Makes access tokens, and keeps the keys they are signed with: newest signs, all that live are published. */
@Injectable()
export class SigningKeysService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger(SigningKeysService.name);
  private readonly imported = new Map<string, Promise<CryptoKey | Uint8Array>>();
  private keys: StoredKey[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ENV) private readonly env: UsersEnv,
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: SigningKeysRepository,
    lifecycle: Lifecycle,
  ) {
    lifecycle.addProbe('signing-key', () => void this.signer());
  }

  async onApplicationBootstrap(): Promise<void> {
    await untilAnswered(this.log, () => this.upkeep());
    const look = () => this.upkeep().catch((error: unknown) => this.log.error(error));
    this.timer = setInterval(() => void look(), LOOK_AGAIN_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The public halves (RFC 7517), those announced included. */
  publicKeys(): JWK[] {
    return published(this.keys, Date.now()).map((key) => key.publicJwk);
  }

  /** A JWT access token (RFC 9068) for ten minutes. */
  async accessToken(user: User, sessionId: string): Promise<string> {
    // A clock that was set forward may have ended all keys at once.
    if (signerAmong(this.keys, Date.now()) === undefined) await this.upkeep();
    const key = this.signer();
    let privateKey = this.imported.get(key.kid);
    if (privateKey === undefined)
      this.imported.set(key.kid, (privateKey = importJWK(key.privateJwk, 'EdDSA')));
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ roles: user.roles, sid: sessionId })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid })
      .setIssuer(this.env.ISSUER)
      .setAudience('caravan')
      .setSubject(user.id)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
      .sign(await privateKey);
  }

  /** Makes the next key in time and forgets the dead; whichever replica comes first does it for all. */
  async upkeep(): Promise<void> {
    this.keys = await this.unitOfWork.run(async (tx) => {
      const keys = await this.repository.lockAll(tx);
      const period = dueKey(keys, Date.now());
      if (period === undefined) return keys;
      const key = await newKey(period);
      await this.repository.add(tx, key);
      await this.repository.removeExpired(tx);
      return [...keys, key];
    });
  }

  private signer(): StoredKey {
    const key = signerAmong(this.keys, Date.now());
    if (key === undefined) throw new Error('There is no key to sign with');
    return key;
  }
}

async function newKey(period: SigningPeriod): Promise<StoredKey> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const publicPart = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicPart);
  const publicJwk = { ...publicPart, kid, use: 'sig', alg: 'EdDSA' };
  return { ...period, kid, publicJwk, privateJwk: await exportJWK(pair.privateKey) };
}
