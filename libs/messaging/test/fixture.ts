import { Controller, Injectable, Module } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { z } from 'zod';
import {
  GetCustomers,
  Failure,
  Login,
  OrderConfirmed,
  OrderRejected,
  OrderCancelled,
} from '@caravan/contracts';
import { type Message, MessagingModule, TransientError } from '@caravan/messaging';
import { serviceEnv } from '@caravan/platform';

/** What the tests make the handlers do. */
@Injectable()
export class Script {
  readonly batches: Message[][] = [];
  readonly requests: unknown[] = [];
  /** Called before a batch counts as handled. */
  onBatch: (messages: Message[]) => void | Promise<void> = () => undefined;
  onRequest: (data: never) => unknown = () => ({ customers: [] });
}

@Controller()
class Handlers {
  constructor(private readonly script: Script) {}

  @EventPattern<string>(OrderConfirmed.type)
  async confirmed(@Payload() messages: Message[]) {
    await this.script.onBatch(messages);
    this.script.batches.push(messages);
  }

  @EventPattern<string>(OrderRejected.type)
  rejected() {
    throw new TransientError('never called');
  }

  @EventPattern<string>(OrderCancelled.type)
  cancelled() {}

  @MessagePattern(GetCustomers.type)
  customers(@Payload() data: never) {
    this.script.requests.push(data);
    return this.script.onRequest(data);
  }

  @MessagePattern(Login.type, { batched: true })
  login(@Payload() requests: Message<{ email: string }>[]) {
    this.script.requests.push(requests);
    return requests.map(({ data }) => new Failure('users.bad-credentials', data.email));
  }
}

/** Listens in place of notifications; answers for users where RPC is tested. */
@Module({
  imports: [MessagingModule.forService('notifications')],
  controllers: [Handlers],
  providers: [Script],
})
export class HearingModule {}

@Module({ imports: [MessagingModule.forService('users')], controllers: [Handlers], providers: [Script] })
export class AnsweringModule {}

export const hearingEnv = serviceEnv('notifications', { RABBITMQ_URL: z.url() });
export const answeringEnv = serviceEnv('users', { RABBITMQ_URL: z.url() });
