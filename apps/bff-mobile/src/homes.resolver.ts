import { Code, Failure, ListOrders, ListProducts } from '@caravan/contracts';
import { Public, RequestContext } from '@caravan/graphql';
import { Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { activeOf, greetingFor, Parts } from './home.ts';
import { Home } from './homes.types.ts';
import { toBadge } from './order-screen.ts';
import { OrderBadge } from './orders.types.ts';
import { toProductCard } from './product-card.ts';
import { ProductCard } from './products.types.ts';

const FEATURED = 10;
const RECENT = 20;
interface Shape {
  greeting: string;
  featured: ProductCard[];
  activeOrders: OrderBadge[];
}
type Screen = Parts<Shape>;

/** The first screen in one trip. A part whose service is down is left empty and named in `degraded`. */
@Resolver(() => Home)
export class HomesResolver {
  @Public()
  @Query(() => Home)
  home(@Context() context: RequestContext): Screen {
    return new Parts<Shape>(
      {
        greeting: () => this.greet(context),
        featured: () => this.feature(context),
        activeOrders: () => this.ordersOf(context),
      },
      { greeting: greetingFor(null), featured: [], activeOrders: [] },
      (error) => error instanceof Failure && error.code === Code.unavailable,
    );
  }

  @ResolveField(() => String)
  greeting(screen: Screen): Promise<string> {
    return screen.get('greeting');
  }

  @ResolveField(() => [ProductCard])
  featured(screen: Screen): Promise<ProductCard[]> {
    return screen.get('featured');
  }

  @ResolveField(() => [OrderBadge])
  activeOrders(screen: Screen): Promise<OrderBadge[]> {
    return screen.get('activeOrders');
  }

  @ResolveField(() => [String])
  degraded(screen: Screen): Promise<string[]> {
    return screen.missing();
  }

  private async greet(context: RequestContext): Promise<string> {
    const caller = await context.customerOrGuest();
    return greetingFor(caller ? await context.loaders.customers.load(caller.id) : null);
  }

  private async feature(context: RequestContext): Promise<ProductCard[]> {
    const { products } = await context.read(ListProducts, { first: FEATURED });
    for (const product of products) context.loaders.products.prime(product.sku, product);
    return products.map(toProductCard);
  }

  private async ordersOf(context: RequestContext): Promise<OrderBadge[]> {
    const caller = await context.customerOrGuest();
    if (!caller) return [];
    const { orders } = await context.read(ListOrders, { customerId: caller.id, first: RECENT });
    return activeOf(orders).map(toBadge);
  }
}
