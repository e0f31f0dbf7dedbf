import { Module } from '@nestjs/common';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule } from '@caravan/outbox';
import { AttemptsRepository } from './attempts.repository.ts';
import { DelaysService } from './delays.service.ts';
import { DemoUsersService } from './demo-users.service.ts';
import { HousekeepingService } from './housekeeping.service.ts';
import { CreateUsers1700000000001 } from './migrations/1700000000001-create-users.ts';
import { Successors1700000000002 } from './migrations/1700000000002-successors.ts';
import { PasswordsService } from './passwords.service.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { SigningKeysRepository } from './signing-keys.repository.ts';
import { SigningKeysService } from './signing-keys.service.ts';
import { UserMapping } from './user.mapping.ts';
import { UsersHandlers } from './users.handlers.ts';
import { UsersRepository } from './users.repository.ts';
import { UsersService } from './users.service.ts';

@Module({
  imports: [
    MessagingModule.forService('users'),
    OutboxModule.forService({
      entities: [UserMapping],
      migrations: [CreateUsers1700000000001, Successors1700000000002],
    }),
  ],
  controllers: [UsersHandlers],
  providers: [
    UsersRepository,
    UsersService,
    PasswordsService,
    SessionsRepository,
    SigningKeysRepository,
    SigningKeysService,
    AttemptsRepository,
    DelaysService,
    DemoUsersService,
    HousekeepingService,
  ],
})
export class UsersModule {}
