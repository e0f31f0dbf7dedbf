import { Money } from '@caravan/graphql';
import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { Node } from './nodes.types.ts';
import { PageInfo } from './pages.types.ts';

@ObjectType({ implements: () => [Node] })
export class Product implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  sku!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => String)
  category!: string;

  @Field(() => String)
  imageUrl!: string;

  @Field(() => Money)
  price!: Money;

  @Field(() => Int, {
    nullable: true,
    description: 'Pieces that can be bought now; null while nobody can tell.',
  })
  available!: number | null;
}

@ObjectType()
export class ProductEdge {
  @Field(() => Product)
  node!: Product;

  @Field(() => String)
  cursor!: string;
}

@ObjectType()
export class ProductConnection {
  @Field(() => [Product])
  nodes!: Product[];

  @Field(() => [ProductEdge])
  edges!: ProductEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}
