import 'reflect-metadata';
import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { ClientsModule } from '@nestjs/microservices';
import { json } from 'express';
import { rmq } from '../setup.ts';
import { AuthController } from './auth.controller.ts';
import { GraphqlController } from './graphql.controller.ts';

@Module({
  imports: [
    JwtModule.register({ secret: process.env.JWT_SECRET }),
    ClientsModule.register([{ name: 'USERS', ...rmq('users') }]),
  ],
  controllers: [AuthController, GraphqlController],
})
class GatewayModule implements NestModule {
  /** What is passed on must not have been read before. */
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(json()).forRoutes(AuthController);
  }
}

const app = await NestFactory.create(GatewayModule, { bodyParser: false });
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
