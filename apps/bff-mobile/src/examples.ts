import type { Example } from '@caravan/graphql';

const input = {
  idempotencyKey: 'NEW-KEY',
  items: [{ sku: 'TOY-YOYO-BERR', quantity: 1 }],
  paymentMethod: 'pm_card_visa',
  address: {
    name: 'Ada Byron',
    line1: '12 Harbour Street',
    city: 'Dublin',
    postalCode: 'D02 AF30',
    country: 'IE',
  },
};

export const examples: readonly Example[] = [
  {
    title: 'First screen',
    query: `{
  home {
    greeting
    featured { sku name price thumbnailUrl stockLabel }
    activeOrders { id title status total thumbnailUrl }
    degraded
  }
}`,
  },
  {
    title: 'One product',
    query: `query Product($sku: ID!) {
  product(sku: $sku) { sku name price stockLabel }
}`,
    variables: { sku: 'TOY-YOYO-BERR' },
  },
  {
    title: 'Check out (sign in)',
    query: `mutation Checkout($input: CheckoutInput!) {
  checkout(input: $input) {
    ok code message
    order { id title status total placedAt }
  }
}`,
    variables: { input },
  },
  {
    title: 'A card that is declined (sign in)',
    query: `mutation Declined($input: CheckoutInput!) {
  checkout(input: $input) { ok code message order { id status } }
}`,
    variables: { input: { ...input, paymentMethod: 'pm_card_visa_chargeDeclined' } },
  },
  {
    title: 'My orders (sign in)',
    query: `query Orders($after: String) {
  orders(first: 5, after: $after) {
    items { id title status total thumbnailUrl placedAt }
    next
  }
}`,
    variables: { after: null },
  },
  {
    title: 'One order (sign in)',
    query: `query Order($id: ID!) {
  order(id: $id) { id title status total lines paymentLabel canCancel progress }
}`,
    variables: { id: 'ORDER-ID' },
  },
  {
    title: 'Cancel an order (sign in)',
    query: `mutation Cancel($id: ID!) {
  cancelOrder(id: $id) { ok code message order { id status } }
}`,
    variables: { id: 'ORDER-ID' },
  },
];
