import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { StockLabel } from './product-card.ts';

registerEnumType(StockLabel, { name: 'StockLabel' });

@ObjectType()
export class ProductCard {
  @Field(() => ID, { description: 'Unique among all things of the shop; the same on both APIs.' })
  id!: string;

  @Field(() => ID)
  sku!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'As it is to be shown, e.g. €12.50' })
  price!: string;

  @Field(() => Int)
  priceMinor!: number;

  @Field(() => String)
  currency!: string;

  @Field(() => String)
  thumbnailUrl!: string;

  @Field(() => StockLabel)
  stockLabel!: StockLabel;
}

@ObjectType()
export class ProductCardPage {
  @Field(() => [ProductCard])
  items!: ProductCard[];

  @Field(() => String, {
    nullable: true,
    description: 'Give it as "after" to get the next page; null on the last.',
  })
  next!: string | null;
}
