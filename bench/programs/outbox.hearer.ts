import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DataOf } from '@caravan/contracts';
import { type Message, MessagingModule } from '@caravan/messaging';
import { serviceEnv, startService } from '@caravan/platform';
import { z } from 'zod';
import { Hear } from './hear.contract.ts';

/** Number of the message → when it came, by the machine's monotonic clock in nanoseconds. */
let heard: [n: number, at: string][] = [];

@Controller()
class Handlers {
  @EventPattern<string>(Hear.type)
  hear(@Payload() messages: Message<DataOf<typeof Hear>>[]): void {
    const at = String(process.hrtime.bigint());
    for (const { data } of messages) heard.push([data.n, at]);
  }
}

@Module({ imports: [MessagingModule.forService('users')], controllers: [Handlers] })
class HearerModule {}

await startService(HearerModule, serviceEnv('users', { RABBITMQ_URL: z.url() }));
// Tells what was heard since it was last asked.
process.on('message', () => {
  process.send?.({ result: heard });
  heard = [];
});
process.send?.({ ready: true });
