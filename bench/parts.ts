import type { Subject } from './flags.ts';
import type { Part } from './rounds.ts';
import { PASSWORD, Shop } from './shop.ts';
import type { System } from './system.ts';
import { checkouts, logins, mobileHome, mobileOrder, productList, webOrder, type Work } from './work.ts';

const CUSTOMERS = 16;
const SKUS = 60;
/** Of all customers; a multiple of their number, so that everybody asks for his own. */
const ORDERS_TO_READ = 64;
const READ_AT = [1, 32];
const LOGIN_AT = [1, 8];
const HOT_AT = [64];
const HOT_SKUS = 3;

/** Fills one system with customers and a few orders, and answers what is to be measured of it. */
export async function partsOf(
  system: System,
  skus: readonly string[],
  { only, concurrency }: { only: readonly Subject[]; concurrency: number[] },
): Promise<Part[]> {
  const shop = new Shop(system.origin);
  const customers = await shop.customers(CUSTOMERS);
  const authorizations = customers.map(({ authorization }) => authorization);
  const orders = checkouts(skus.slice(0, SKUS), authorizations);
  const ids = await shop.orders(orders, ORDERS_TO_READ);
  await system.databases.wait();

  const part = (name: string, work: Work, at: number[], placing = false): Part[] =>
    at.map((c) => ({ name: `${name} c=${c}`, system, work, concurrency: c, orders: placing }));
  const bySubject: Record<Subject, () => Part[]> = {
    checkout: () => part('checkout', orders, concurrency, true),
    hot: () => part('checkout hot', checkouts(skus.slice(0, HOT_SKUS), authorizations), HOT_AT, true),
    list: () => part('20 products', productList(), READ_AT),
    order: () => part('order', webOrder(ids, authorizations), READ_AT),
    mobile: () =>
      // The baseline has no API of its own for phones.
      system.name === 'caravan'
        ? [
            ...part('mobile home', mobileHome(authorizations), READ_AT),
            ...part('mobile order', mobileOrder(ids, authorizations), READ_AT),
          ]
        : [],
    login: () =>
      part(
        'login',
        logins(
          customers.map(({ email }) => email),
          PASSWORD,
        ),
        LOGIN_AT,
      ),
  };
  return only.flatMap((subject) => bySubject[subject]());
}
