import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

@InputType()
export class AddressInput {
  @Field()
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @Field()
  @IsNotEmpty()
  @MaxLength(200)
  line1!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @MaxLength(200)
  line2?: string;

  @Field()
  @IsNotEmpty()
  @MaxLength(200)
  city!: string;

  @Field()
  @IsNotEmpty()
  @MaxLength(20)
  postalCode!: string;

  @Field()
  @Length(2, 2)
  country!: string;
}

@InputType()
export class OrderLineInput {
  @Field(() => ID)
  @IsNotEmpty()
  sku!: string;

  @Field(() => Int)
  @IsInt()
  @Min(1)
  @Max(1000)
  quantity!: number;
}

@InputType()
export class PlaceOrderInput {
  @Field(() => ID)
  @IsString()
  idempotencyKey!: string;

  @Field(() => [OrderLineInput])
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => OrderLineInput)
  lines!: OrderLineInput[];

  @Field(() => ID)
  @IsNotEmpty()
  paymentMethod!: string;

  @Field(() => AddressInput)
  @ValidateNested()
  @Type(() => AddressInput)
  shippingAddress!: AddressInput;
}
