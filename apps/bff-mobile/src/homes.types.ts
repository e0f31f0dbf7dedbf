import { Field, ObjectType } from '@nestjs/graphql';
import { OrderBadge } from './orders.types.ts';
import { ProductCard } from './products.types.ts';

@ObjectType()
export class Home {
  @Field(() => String)
  greeting?: string;

  @Field(() => [ProductCard])
  featured?: ProductCard[];

  @Field(() => [OrderBadge], {
    description: 'On their way or in need of attention; else the latest. None without a token.',
  })
  activeOrders?: OrderBadge[];

  @Field(() => [String], {
    description: 'The parts above that cannot be had at the moment and are left empty.',
  })
  degraded?: string[];
}
