import { Field, ID, Int, ObjectType } from '@nestjs/graphql';

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

@ObjectType()
export class Money {
  @Field(() => Int)
  amountMinor: number;

  @Field()
  currency: string = 'EUR';

  @Field()
  formatted: string;

  constructor(amountMinor: number) {
    this.amountMinor = amountMinor;
    this.formatted = euro.format(amountMinor / 100);
  }
}

@ObjectType()
export class Product {
  @Field(() => ID)
  sku!: string;

  @Field()
  name!: string;

  @Field()
  description!: string;

  @Field()
  category!: string;

  @Field()
  imageUrl!: string;

  @Field(() => Money)
  price!: Money;

  @Field(() => Int, { nullable: true })
  available!: number | null;
}

@ObjectType()
export class PageInfo {
  @Field()
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ObjectType()
export class ProductConnection {
  @Field(() => [Product])
  nodes!: Product[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}
