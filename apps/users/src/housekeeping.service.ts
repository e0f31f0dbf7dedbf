import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { UnitOfWork } from '@caravan/outbox';
import { ENV } from '@caravan/platform';
import { AttemptsRepository } from './attempts.repository.ts';
import { SessionsRepository } from './sessions.repository.ts';
import type { UsersEnv } from './users.env.ts';

const EVERY_MS = 15 * 60_000;

/** Takes out what nobody can use any more: ended sessions, used-up tokens, forgotten attempts. */
@Injectable()
export class HousekeepingService implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ENV) private readonly env: Pick<UsersEnv, 'REFRESH_REUSE_SECONDS'>,
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: SessionsRepository,
    private readonly attempts: AttemptsRepository,
  ) {}

  onApplicationBootstrap(): void {
    const log = new Logger(HousekeepingService.name);
    const sweep = () => this.sweep().catch((error: unknown) => log.error(error));
    this.timer = setInterval(() => void sweep(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    await this.unitOfWork.run((tx) => this.sessions.sweep(tx, this.env.REFRESH_REUSE_SECONDS));
    await this.attempts.sweep();
  }
}
