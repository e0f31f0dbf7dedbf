import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, type MicroserviceOptions } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { database, rmq } from '../setup.ts';
import { Order, OrderLine } from './order.entity.ts';
import { OrdersController } from './orders.controller.ts';
import { OrdersService } from './orders.service.ts';

@Module({
  imports: [
    database([Order, OrderLine]),
    TypeOrmModule.forFeature([Order]),
    ClientsModule.register([
      { name: 'INVENTORY', ...rmq('inventory') },
      { name: 'PAYMENTS', ...rmq('payments') },
    ]),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
class OrdersModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(OrdersModule, rmq('orders'));
await app.listen();
