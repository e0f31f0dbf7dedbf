import type { Customer as UsersCustomer } from '@caravan/contracts';
import { RequestContext } from '@caravan/graphql';
import type { Caller } from '@caravan/platform';
import { Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Customer } from './customers.types.ts';

/** The customer that a token names, as the web shows it. */
export const toCustomer = ({ id, roles }: Pick<Caller, 'id' | 'roles'>): Customer => ({
  id,
  roles: [...roles],
});

@Resolver(() => Customer)
export class CustomersResolver {
  /** Who the token says; only what the token does not know is asked for. */
  @Query(() => Customer)
  me(@Context() context: RequestContext): Customer {
    return toCustomer({ id: context.customerId, roles: context.caller?.roles ?? [] });
  }

  @ResolveField(() => String, { nullable: true })
  async email(customer: Customer, _: unknown, context: RequestContext): Promise<string | null> {
    return (await this.load(customer, context))?.email ?? null;
  }

  @ResolveField(() => String, { nullable: true })
  async name(customer: Customer, _: unknown, context: RequestContext): Promise<string | null> {
    return (await this.load(customer, context))?.name ?? null;
  }

  private load(customer: Customer, context: RequestContext): Promise<UsersCustomer | null> {
    return context.loaders.customers.load(customer.id);
  }
}
