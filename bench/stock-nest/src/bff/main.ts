import 'reflect-metadata';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Global, Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { ClientsModule } from '@nestjs/microservices';
import type { Request } from 'express';
import { rmq } from '../setup.ts';
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
await app.listen(process.env.PORT ?? 3001, '127.0.0.1');
