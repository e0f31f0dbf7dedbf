import { GraphqlApiModule } from '@caravan/graphql';
import { MessagingModule } from '@caravan/messaging';
import { Module } from '@nestjs/common';
import { CheckoutsResolver } from './checkouts.resolver.ts';
import { examples } from './examples.ts';
import { HomesResolver } from './homes.resolver.ts';
import { OrderBadgesResolver, OrderScreensResolver } from './orders.resolver.ts';
import { ProductsResolver } from './products.resolver.ts';

@Module({
  imports: [
    MessagingModule.forClient('bff-mobile'),
    GraphqlApiModule.forApi({ title: 'Caravan · mobile', examples }),
  ],
  providers: [HomesResolver, ProductsResolver, OrderBadgesResolver, OrderScreensResolver, CheckoutsResolver],
})
export class BffMobileModule {}
