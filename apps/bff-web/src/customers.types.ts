import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Node } from './nodes.types.ts';

@ObjectType({ implements: () => [Node] })
export class Customer implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true, description: 'Null while the users service cannot tell.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'Null while the users service cannot tell.' })
  name?: string | null;

  @Field(() => [String])
  roles!: string[];
}
