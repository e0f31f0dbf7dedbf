import 'reflect-metadata';
import type { Server } from 'node:http';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Global, Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { ClientsModule } from '@nestjs/microservices';
import type { Request } from 'express';
import { rmq, tuned } from '../setup.ts';
import { OrderLinesResolver, OrdersResolver } from './orders.resolver.ts';
import { ProductLoaders } from './products.loader.ts';
import { ProductsResolver } from './products.resolver.ts';

@Global()
@Module({
  imports: [
    ClientsModule.register([
      { name: 'ORDERS', ...rmq('orders') },
      { name: 'PAYMENTS', ...rmq('payments') },
      { name: 'INVENTORY', ...rmq('inventory') },
    ]),
  ],
  providers: [ProductLoaders],
  exports: [ClientsModule, ProductLoaders],
})
class ServicesModule {}

@Module({
  imports: [
    ServicesModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [ProductLoaders],
      useFactory: (loaders: ProductLoaders) => ({
        autoSchemaFile: true,
        context: ({ req }: { req: Request }) => ({ req, products: loaders.make() }),
      }),
    }),
  ],
  providers: [ProductsResolver, OrdersResolver, OrderLinesResolver],
})
class BffModule {}

const app = await NestFactory.create(BffModule);
app.useGlobalPipes(new ValidationPipe());
// Longer than the gateway keeps a connection, or some requests meet one that is being closed.
if (tuned) (app.getHttpServer() as Server).keepAliveTimeout = 60_000;
await app.listen(process.env.PORT ?? 3001, '127.0.0.1');
