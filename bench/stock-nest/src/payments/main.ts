import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { database, rmq } from '../setup.ts';
import { Payment } from './payment.entity.ts';
import { PaymentsController } from './payments.controller.ts';
import { PaymentsService } from './payments.service.ts';

@Module({
  imports: [database([Payment]), TypeOrmModule.forFeature([Payment])],
  controllers: [PaymentsController],
  providers: [PaymentsService],
})
class PaymentsModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(PaymentsModule, rmq('payments'));
await app.listen();
