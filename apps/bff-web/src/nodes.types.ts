import { Field, ID, InterfaceType } from '@nestjs/graphql';

@InterfaceType({
  description: 'What has an id of its own in the whole shop: `node(id:)` finds it again.',
  resolveType: ({ __typename }: { readonly __typename: string }) => __typename,
})
export abstract class Node {
  @Field(() => ID)
  id!: string;
}
