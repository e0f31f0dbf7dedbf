import { Controller, Module } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type DataOf, GetCustomers, type ReplyOf } from '@caravan/contracts';
import { MessagingModule } from '@caravan/messaging';
import { type RunningService, runService, serviceEnv } from '@caravan/platform';
import { z } from 'zod';

/** Nobody has this id. */
export const STRANGER = '018f0000-0000-7000-8000-00000000dead';

@Controller()
class UsersDouble {
  @MessagePattern(GetCustomers.type)
  get(@Payload() { ids }: DataOf<typeof GetCustomers>): ReplyOf<typeof GetCustomers> {
    const known = ids.filter((id) => id !== STRANGER);
    return {
      customers: known.map((id) => ({ id, name: 'Ada', email: `${id}@example.com`, roles: ['customer'] })),
    };
  }
}

@Module({ imports: [MessagingModule.forService('users')], controllers: [UsersDouble] })
class UsersDoubleModule {}

/** Somebody who answers for users, on the given broker. */
export function startUsersDouble(rabbitUrl: string): Promise<RunningService> {
  const env = serviceEnv('users', { RABBITMQ_URL: z.url() });
  return runService(UsersDoubleModule, env, {
    source: { NODE_ENV: 'test', LOG_LEVEL: 'fatal', RABBITMQ_URL: rabbitUrl },
  });
}
