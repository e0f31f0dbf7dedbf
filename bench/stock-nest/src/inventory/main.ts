import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { database, rmq } from '../setup.ts';
import { InventoryController } from './inventory.controller.ts';
import { InventoryService } from './inventory.service.ts';
import { Product, Reservation } from './product.entity.ts';
import { SeedService } from './seed.service.ts';

@Module({
  imports: [database([Product, Reservation]), TypeOrmModule.forFeature([Product])],
  controllers: [InventoryController],
  providers: [InventoryService, SeedService],
})
class InventoryModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(InventoryModule, rmq('inventory'));
await app.listen();
