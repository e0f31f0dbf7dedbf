import { GraphqlApiModule } from '@caravan/graphql';
import { MessagingModule } from '@caravan/messaging';
import { Module } from '@nestjs/common';
import { CheckoutsResolver } from './checkouts.resolver.ts';
import { CustomersResolver } from './customers.resolver.ts';
import { examples } from './examples.ts';
import { NodesResolver } from './nodes.resolver.ts';
import { OrderLinesResolver, OrdersResolver } from './orders.resolver.ts';
import { ProductsResolver } from './products.resolver.ts';

@Module({
  imports: [
    MessagingModule.forClient('bff-web'),
    GraphqlApiModule.forApi({ title: 'Caravan · web', examples }),
  ],
  providers: [
    ProductsResolver,
    OrdersResolver,
    OrderLinesResolver,
    CheckoutsResolver,
    CustomersResolver,
    NodesResolver,
  ],
})
export class BffWebModule {}
