import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Role } from '@caravan/contracts';
import { UnitOfWork, untilAnswered } from '@caravan/outbox';
import { ENV } from '@caravan/platform';
import { PasswordsService } from './passwords.service.ts';
import { User } from './user.ts';
import type { UsersEnv } from './users.env.ts';
import { UsersRepository } from './users.repository.ts';

const PASSWORD = 'caravan-demo';
const ACCOUNTS: { email: string; name: string; roles: Role[] }[] = [
  { email: 'customer@example.com', name: 'Casey Customer', roles: ['customer'] },
  { email: 'staff@example.com', name: 'Sam Staff', roles: ['customer', 'staff'] },
];

/** Two accounts to try things with. The password is public, so they never come to life in production. */
@Injectable()
export class DemoUsersService implements OnApplicationBootstrap {
  private readonly log = new Logger(DemoUsersService.name);

  constructor(
    @Inject(ENV) private readonly env: UsersEnv,
    private readonly unitOfWork: UnitOfWork,
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.env.DEMO_DATA) return;
    if (this.env.NODE_ENV === 'production') {
      this.log.warn('DEMO_DATA is set in production: the demo accounts are not made');
      return;
    }
    await untilAnswered(this.log, () => this.addMissing());
  }

  private async addMissing(): Promise<void> {
    for (const { roles, ...who } of ACCOUNTS) {
      if (await this.users.byEmail(who.email)) continue;
      const user = User.register(who, await this.passwords.hash(PASSWORD), roles);
      // Another replica may have been faster: then its account is the one.
      await this.unitOfWork.run((tx) => this.users.add(tx, user));
    }
  }
}
