import type { Example } from '@caravan/graphql';

const order = `id number status placedAt
    lines { sku name quantity total { formatted } }
    total { formatted }`;

const input = {
  idempotencyKey: 'NEW-KEY',
  lines: [{ sku: 'TOY-YOYO-BERR', quantity: 1 }],
  paymentMethod: 'pm_card_visa',
  shippingAddress: {
    name: 'Ada Byron',
    line1: '12 Harbour Street',
    city: 'Dublin',
    postalCode: 'D02 AF30',
    country: 'IE',
  },
};

export const examples: readonly Example[] = [
  {
    title: 'List products',
    query: `query Products($first: Int, $after: String) {
  products(first: $first, after: $after) {
    totalCount
    nodes { sku name category price { formatted } available }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: { first: 5, after: null },
  },
  {
    title: 'Search products',
    query: `query Search($search: String) {
  products(search: $search) {
    totalCount
    nodes { sku name description price { formatted } }
  }
}`,
    variables: { search: 'turntable' },
  },
  {
    title: 'Place an order (sign in)',
    query: `mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on Order {
    ${order}
    payment { status method }
    timeline { at step outcome detail }
    }
    ... on OutOfStock { message orderId lines { sku requested available } }
    ... on PaymentDeclined { message orderId code }
    ... on InvalidOrder { message issues { path message } }
    ... on IdempotencyConflict { message }
  }
}`,
    variables: { input },
  },
  {
    title: 'A card that is declined (sign in)',
    query: `mutation Declined($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on Order { id status }
    ... on PaymentDeclined { message orderId code }
    ... on InvalidOrder { issues { path message } }
  }
}`,
    variables: { input: { ...input, paymentMethod: 'pm_card_visa_chargeDeclined' } },
  },
  {
    title: 'My orders (sign in)',
    query: `query Orders {
  me { name email roles }
  orders(first: 5) {
    nodes {
    ${order}
    payment { status amount { formatted } refunded { formatted } }
    rejection { code message }
    timeline { at step outcome }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    title: 'Cancel an order (sign in)',
    query: `mutation Cancel($id: ID!) {
  cancelOrder(id: $id) {
    __typename
    ... on Order { id status payment { status refunded { formatted } } }
    ... on NotCancellable { message status }
  }
}`,
    variables: { id: 'ORDER-ID' },
  },
  {
    title: 'Restock (staff)',
    query: `mutation Restock($sku: ID!, $quantity: Int!) {
  restock(sku: $sku, quantity: $quantity) { sku name available }
}`,
    variables: { sku: 'TOY-YOYO-BERR', quantity: 10 },
  },
];
