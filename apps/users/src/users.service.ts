import { Injectable, Logger } from '@nestjs/common';
import type { Customer, DataOf, Login, Register, Session } from '@caravan/contracts';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { AttemptsRepository } from './attempts.repository.ts';
import { normalizeEmail } from './email.ts';
import { PasswordsService } from './passwords.service.ts';
import { hashOf, issueRefreshToken, newSessionId, type RefreshToken } from './session.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { ACCESS_TOKEN_SECONDS, SigningKeysService } from './signing-keys.service.ts';
import { badCredentials, badRefreshToken, emailTaken, tooManyAttempts } from './user.errors.ts';
import { apply, User } from './user.ts';
import { UsersRepository } from './users.repository.ts';

@Injectable()
export class UsersService {
  private readonly log = new Logger(UsersService.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly attempts: AttemptsRepository,
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
    const user = await this.passwords.inTurn(() => this.authenticate(email, password, address));
    return this.unitOfWork.run((tx) => this.open(tx, user));
  }

  /** @throws Failure `users.bad-refresh-token`; a token that was used before ends its whole session */
  async refresh(secret: string): Promise<Session> {
    const hash = hashOf(secret);
    const session = await this.unitOfWork.run(async (tx) => {
      const used = await this.sessions.use(tx, hash);
      if (used === undefined) return this.endIfReused(tx, hash);
      const token = issueRefreshToken();
      await this.sessions.succeed(tx, used.sessionId, token);
      return { ...used, token };
    });
    const [user] = session ? await this.users.byIds([session.userId]) : [];
    if (session === undefined || user === undefined) throw badRefreshToken();
    return this.session(user, session.sessionId, session.token);
  }

  /** Ends the session, if it is one. */
  async logout(secret: string): Promise<void> {
    await this.unitOfWork.run((tx) => this.sessions.revoke(tx, hashOf(secret)));
  }

  async customers(ids: string[]): Promise<Customer[]> {
    return (await this.users.byIds(ids)).map((user) => user.toCustomer());
  }

  private async authenticate(email: string, password: string, address: string): Promise<User> {
    // What is no address has no account either, and is told so in the same words and time.
    const normal = normalizeEmail(email);
    const account = normal ?? email;
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
    if (ended !== undefined) this.log.warn(`A refresh token was used twice; session ${ended} is revoked`);
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
