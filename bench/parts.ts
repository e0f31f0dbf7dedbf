import type { Child } from './child.ts';
import type { Result } from './closed-loop.ts';
import type { ShopSubject, Subject } from './flags.ts';
import type { Task } from './generator.ts';
import type { Part } from './rounds.ts';
import { type Customer, PASSWORD, Shop } from './shop.ts';
import type { HttpSystem } from './system.ts';
import { checkouts, logins, mobileHome, mobileOrder, productList, webOrder, type Work } from './work.ts';

export type Generator = Child<Task, Result>;

const CUSTOMERS = 16;
/** Of all customers; a multiple of their number, so that everybody asks for his own. */
const ORDERS_TO_READ = 64;
/** Sold to everybody. */
export const SKUS = 60;
export const READ_AT = [1, 32];
const LOGIN_AT = [1, 8];
/** Well within the life of a token. */
const LOGGED_IN_MS = 300_000;
const HOT_AT = [64];
const HOT_SKUS = 3;

let keys = 0;

/** One part for each concurrency. @param placing orders: each has a key of its own, and they settle after the answer */
export function httpParts(
  generator: Generator,
  system: HttpSystem,
  {
    subject,
    name,
    work,
    at,
    placing = false,
    prepare,
  }: {
    subject: Subject;
    name: string;
    work: Work;
    at: readonly number[];
    placing?: boolean;
    prepare?: () => Promise<void>;
  },
): Part[] {
  return at.map((concurrency) => ({
    subject,
    name: `${name} c=${concurrency}`,
    system,
    settles: placing,
    ramps: true,
    prepare,
    run: (limits) =>
      generator.run({
        ...work,
        ...limits,
        origin: system.origin,
        concurrency,
        ...(placing ? { keyPrefix: `bench-${++keys}-` } : {}),
      }),
  }));
}

interface Enrolled {
  customers: Customer[];
  /** Theirs; young after `prepare`. */
  authorizations: string[];
  prepare: () => Promise<void>;
}

/** Customers for parts of a run that may take longer than a token lasts. @param name nobody else's in this shop */
export async function enrol(shop: Shop, name?: string): Promise<Enrolled> {
  const customers = await shop.customers(CUSTOMERS, name);
  const authorizations = customers.map(({ authorization }) => authorization);
  let loggedIn = performance.now();
  const prepare = async (): Promise<void> => {
    if (performance.now() - loggedIn < LOGGED_IN_MS) return;
    authorizations.splice(0, Infinity, ...(await shop.logIn(customers)));
    loggedIn = performance.now();
  };
  return { customers, authorizations, prepare };
}

/** Fills one system with customers and a few orders, and answers what is to be measured of it. */
export async function shopParts(
  generator: Generator,
  system: HttpSystem,
  skus: readonly string[],
  { only, concurrency }: { only: readonly ShopSubject[]; concurrency: number[] },
): Promise<Part[]> {
  const shop = new Shop(system.origin);
  const { customers, authorizations, prepare } = await enrol(shop);
  const emails = customers.map(({ email }) => email);
  const orders = checkouts(skus.slice(0, SKUS), authorizations);
  const hot = checkouts(skus.slice(0, HOT_SKUS), authorizations);
  const ids = await shop.orders(orders, ORDERS_TO_READ);
  await system.databases.wait();

  const part = (subject: ShopSubject, name: string, work: Work, at: number[], placing = false): Part[] =>
    httpParts(generator, system, { subject, name, work, at, placing, prepare });
  const bySubject: Record<ShopSubject, () => Part[]> = {
    checkout: () => part('checkout', 'checkout', orders, concurrency, true),
    hot: () => part('hot', 'checkout hot', hot, HOT_AT, true),
    list: () => part('list', '20 products', productList(), READ_AT),
    order: () => part('order', 'order', webOrder(ids, authorizations), READ_AT),
    mobile: () =>
      // The baseline has no API of its own for phones.
      system.name.startsWith('caravan')
        ? [
            ...part('mobile', 'mobile home', mobileHome(authorizations), READ_AT),
            ...part('mobile', 'mobile order', mobileOrder(ids, authorizations), READ_AT),
          ]
        : [],
    login: () => part('login', 'login', logins(emails, PASSWORD), LOGIN_AT),
  };
  return only.flatMap((subject) => bySubject[subject]());
}
