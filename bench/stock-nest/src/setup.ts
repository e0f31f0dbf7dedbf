import type { DynamicModule, Type } from '@nestjs/common';
import { type RmqOptions, Transport } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';

/** The second variant: what one changes after a first look at a profile. README.md lists all of it. */
export const tuned = process.env.TUNED === 'true';

/** For both ends of a queue, as in docs.nestjs.com/microservices/rabbitmq. */
export const rmq = (queue: string): RmqOptions & { transport: Transport.RMQ } => ({
  transport: Transport.RMQ,
  options: {
    urls: [process.env.RABBITMQ_URL ?? 'amqp://localhost:5672'],
    queue,
    queueOptions: { durable: true },
    ...(tuned ? { socketOptions: { connectionOptions: { noDelay: true } } } : {}),
  },
});

export const database = (entities: Type[]): DynamicModule =>
  TypeOrmModule.forRoot({
    type: 'postgres',
    url: process.env.DATABASE_URL,
    entities,
    synchronize: true,
  });
