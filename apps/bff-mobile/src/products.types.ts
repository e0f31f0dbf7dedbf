import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { StockLabel } from './product-card.ts';

registerEnumType(StockLabel, { name: 'StockLabel' });

@ObjectType()
export class ProductCard {
  @Field(() => ID)
  sku!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'As it is to be shown, e.g. €12.50' })
  price!: string;

  @Field(() => String)
  thumbnailUrl!: string;

  @Field(() => StockLabel)
  stockLabel!: StockLabel;
}
