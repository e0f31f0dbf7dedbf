import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Customer, DataOf, Login, Register, Session } from '@caravan/contracts';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { ENV } from '@caravan/platform';
import { AttemptsRepository } from './attempts.repository.ts';
import { DelaysService } from './delays.service.ts';
import { normalizeEmail } from './email.ts';
import { PasswordsService } from './passwords.service.ts';
import {
  hashOf,
  issueRefreshToken,
  newSalt,
  newSessionId,
  type RefreshToken,
  successorOf,
} from './session.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { ACCESS_TOKEN_SECONDS, SigningKeysService } from './signing-keys.service.ts';
import { badCredentials, badRefreshToken, emailTaken, tooManyAttempts } from './user.errors.ts';
import { apply, User } from './user.ts';
import type { UsersEnv } from './users.env.ts';
import { UsersRepository } from './users.repository.ts';

@Injectable()
export class UsersService {
  private readonly log = new Logger(UsersService.name);

  constructor(
    @Inject(ENV) private readonly env: Pick<UsersEnv, 'REFRESH_REUSE_SECONDS'>,
    private readonly unitOfWork: UnitOfWork,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly attempts: AttemptsRepository,
    private readonly delays: DelaysService,
    private readonly passwords: PasswordsService,
    private readonly keys: SigningKeysService,
  ) {}

  /** @throws Failure `users.invalid`, `users.email-taken` */
  async register(said: DataOf<typeof Register>): Promise<Session> {
    const application = apply(said);
    const user = User.register(application, await this.passwords.hash(application.password));
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.users.add(tx, user))) throw emailTaken();
      return this.open(tx, user);
    });
  }

  /** @throws Failure `users.bad-credentials`, `users.too-many-attempts` */
  async login({ email, password, address = '' }: DataOf<typeof Login>): Promise<Session> {
    // What is no address has no account either, and is told so in the same words and time.
    const normal = normalizeEmail(email);
    const account = normal ?? email;
    await this.delays.wait(account, address);
    const user = await this.passwords.inTurn(() => this.authenticate(normal, account, password, address));
    return this.unitOfWork.run((tx) => this.open(tx, user));
  }

  /**
   * Renews a session. The same token within REFRESH_REUSE_SECONDS gets the same successor: the answer may have
   * been lost, or two tabs may have asked at once. After that, a used token ends its whole session.
   * @throws Failure `users.bad-refresh-token`
   */
  async refresh(secret: string): Promise<Session> {
    const hash = hashOf(secret);
    const renewed = await this.unitOfWork.run(async (tx) => {
      const used = await this.sessions.use(tx, hash, newSalt());
      const renewal = used ?? (await this.sessions.usedRecently(tx, hash, this.env.REFRESH_REUSE_SECONDS));
      if (renewal === undefined) return this.endIfReused(tx, hash);
      const token = successorOf(secret, renewal.salt);
      if (used) await this.sessions.succeed(tx, used.sessionId, token);
      // Read before the commit: what fails after it could not be answered as "nothing happened".
      const user = await this.users.byId(tx, renewal.userId);
      return { user, sessionId: renewal.sessionId, token };
    });
    if (renewed === undefined) throw badRefreshToken();
    return this.session(renewed.user, renewed.sessionId, renewed.token);
  }

  /** Ends the session, if it is one. */
  async logout(secret: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.sessions.revoke(tx, hashOf(secret)));
  }

  async customers(ids: string[]): Promise<Customer[]> {
    return (await this.users.byIds(ids)).map((user) => user.toCustomer());
  }

  private async authenticate(
    normal: string | undefined,
    account: string,
    password: string,
    address: string,
  ): Promise<User> {
    const closedFor = await this.attempts.closedFor(account, address);
    if (closedFor > 0) throw tooManyAttempts(closedFor);
    const user = normal === undefined ? null : await this.users.byEmail(normal);
    const matches = await this.passwords.matches(user?.passwordHash, password);
    if (user === null || !matches) {
      await this.attempts.recordFailure(account, address);
      throw badCredentials();
    }
    await this.attempts.forget(account, address);
    return user;
  }

  private async open(tx: Tx, user: User): Promise<Session> {
    const sessionId = newSessionId();
    const token = issueRefreshToken();
    await this.sessions.open(tx, sessionId, user.id, token);
    return this.session(user, sessionId, token);
  }

  private async endIfReused(tx: Tx, hash: Buffer): Promise<undefined> {
    const ended = await this.sessions.revokeByReuse(tx, hash);
    if (ended !== undefined)
      this.log.warn(`A refresh token was used again after its reuse interval; session ${ended} is revoked`);
  }

  private async session(user: User, sessionId: string, token: RefreshToken): Promise<Session> {
    return {
      user: user.toCustomer(),
      accessToken: await this.keys.accessToken(user, sessionId),
      tokenType: 'Bearer',
      expiresIn: ACCESS_TOKEN_SECONDS,
      refreshToken: token.secret,
    };
  }
}
