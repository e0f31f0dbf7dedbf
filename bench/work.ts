import type { Task } from './generator.ts';

const LINES = 3;
const BODIES = 500;
/** One card of so many is declined: a checkout that never asks for the money is found by these. */
const DECLINED_OF = 10;
const ACCEPTED_CARD = 'pm_card_visa';
export const DECLINED_CARD = 'pm_card_visa_chargeDeclined';

const PLACE = `mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on Order { id number status total { amountMinor currency formatted } }
    ... on OutOfStock { message orderId lines { sku requested available } }
    ... on PaymentDeclined { message orderId code }
    ... on InvalidOrder { message issues { path message } }
    ... on IdempotencyConflict { message }
  }
}`;
const LIST = `query Products { products(first: 20) {
  nodes { sku name category imageUrl price { amountMinor currency formatted } available }
  pageInfo { hasNextPage endCursor } totalCount
} }`;

const ORDER = `query Order($id: ID!) { order(id: $id) {
  id number status placedAt total { amountMinor currency formatted }
  lines { sku name quantity unitPrice { formatted } product { sku name imageUrl price { formatted } } }
  payment { status method amount { amountMinor currency formatted } }
} }`;
const HOME = `{ home { greeting featured { sku name price thumbnailUrl stockLabel }
  activeOrders { id title status total thumbnailUrl } degraded } }`;
const SCREEN = `query Screen($id: ID!) { order(id: $id) { id title status total lines paymentLabel canCancel progress } }`;

const ADDRESS = {
  name: 'Ada Bench',
  line1: '1 Quay Street',
  city: 'Galway',
  postalCode: 'H91',
  country: 'IE',
};

/** What is done, without how much and how long. */
export type Work = Pick<Task, 'path' | 'bodies' | 'authorizations' | 'outcomes'>;

/** Three lines of one piece each, which wander over all skus; as many different ones as one may want. */
function baskets(skus: readonly string[]): { sku: string; quantity: number }[][] {
  const steps = Math.max(1, Math.floor((skus.length - 1) / LINES));
  return Array.from({ length: BODIES }, (_, n) => {
    const first = (n * LINES) % skus.length;
    const step = 1 + (Math.floor((n * LINES) / skus.length) % steps);
    return Array.from({ length: LINES }, (_, line) => ({
      sku: skus[(first + line * step) % skus.length]!,
      quantity: 1,
    }));
  });
}

/** A body for each basket, open at the place of its key; every tenth pays with a card that is declined. */
const placing = (
  skus: readonly string[],
  refusal: string,
  wrap: (input: object) => object,
): Required<Work['bodies'][number]>[] =>
  baskets(skus).map((lines, n) => {
    const declined = n % DECLINED_OF === DECLINED_OF - 1;
    const paymentMethod = declined ? DECLINED_CARD : ACCEPTED_CARD;
    const input = { lines, paymentMethod, shippingAddress: ADDRESS, idempotencyKey: '*KEY*' };
    const [head = '', tail = ''] = JSON.stringify(wrap(input)).split('*KEY*');
    return { head, tail, due: declined ? refusal : 'CONFIRMED' };
  });

/** Orders, each under a new key. */
export const checkouts = (skus: readonly string[], authorizations: string[]): Work => ({
  path: '/web/graphql',
  bodies: placing(skus, 'PaymentDeclined', (input) => ({ query: PLACE, variables: { input } })),
  authorizations,
  outcomes: ['"__typename":"(?!Order")(\\w+)"', '"status":"(\\w+)"', '"code":"([\\w.-]+)"'],
});

/** The same orders to somebody who speaks no GraphQL and asks nobody who he is. */
export const plainOrders = (skus: readonly string[]): Work => ({
  path: '/orders',
  bodies: placing(skus, 'REJECTED', (input) => input),
  authorizations: [],
  outcomes: ['"status":"(\\w+)"'],
});

/** What is asked by GraphQL with nothing that changes from request to request but its variables. */
function queries(
  path: string,
  query: string,
  variables: object[],
  authorizations: string[],
  ...found: string[]
): Work {
  return {
    path,
    bodies: variables.map((each) => ({ head: JSON.stringify({ query, variables: each }), tail: '' })),
    authorizations,
    outcomes: ['"errors":', ...found],
  };
}

/** Orders with their products and payments. The customers take turns, and so must the orders have been placed. */
export const webOrder = (ids: readonly string[], authorizations: string[]): Work =>
  queries('/web/graphql', ORDER, idsOf(ids), authorizations, '"payment":\\{"(status)"');

export const mobileHome = (authorizations: string[]): Work =>
  queries('/mobile/graphql', HOME, [{}], authorizations, '"(degraded)":\\["', '"(featured)":\\[\\{');

export const mobileOrder = (ids: readonly string[], authorizations: string[]): Work =>
  queries('/mobile/graphql', SCREEN, idsOf(ids), authorizations, '"(paymentLabel)"');

const idsOf = (ids: readonly string[]): object[] => ids.map((id) => ({ id }));

export const logins = (emails: readonly string[], password: string): Work => ({
  path: '/v1/auth/login',
  bodies: emails.map((email) => ({ head: JSON.stringify({ email, password }), tail: '' })),
  authorizations: [],
  outcomes: ['"(accessToken)"'],
});

/** The first page of the catalogue, as anybody sees it or as these customers do. */
export const productList = (authorizations: string[] = []): Work =>
  queries('/web/graphql', LIST, [{}], authorizations, '"(nodes)":\\[\\{');
