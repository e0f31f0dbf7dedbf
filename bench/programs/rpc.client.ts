import 'reflect-metadata';
import { Module } from '@nestjs/common';
import type { DataOf } from '@caravan/contracts';
import { MessageClient, MessagingModule } from '@caravan/messaging';
import { runService, serviceEnv } from '@caravan/platform';
import { z } from 'zod';
import { Echo, EchoUnseen } from './echo.contract.ts';

@Module({ imports: [MessagingModule.forClient('bff-web')] })
class ClientModule {}

const { app } = await runService(ClientModule, serviceEnv('bff-web', { RABBITMQ_URL: z.url() }));
const client = app.get(MessageClient);

type Ask = (order: DataOf<typeof Echo>) => Promise<unknown>;

export const ask: Ask = (order) => client.ask(Echo, order);
export const askUnseen: Ask = (order) => client.ask(EchoUnseen, order);
