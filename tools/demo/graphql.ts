/** What the demo asks the web API; shown as it is sent. */
export const placeOrder = `mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on Order { id number status total { formatted } }
    ... on OutOfStock { message orderId lines { sku requested available } }
    ... on PaymentDeclined { message orderId code }
    ... on InvalidOrder { message issues { path message } }
    ... on IdempotencyConflict { message }
  }
}`;

export const orderById = `query Order($id: ID!) {
  order(id: $id) {
    id number status
    total { formatted }
    payment { status amount { formatted } }
    rejection { code message }
    timeline { at step outcome detail }
  }
}`;

export const productPage = `query Products($after: String) {
  products(first: 100, after: $after) {
    nodes { sku name available price { formatted } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export interface Product {
  sku: string;
  name: string;
  available: number | null;
  price: { formatted: string };
}

export interface Order {
  id: string;
  number: string;
  status: 'PENDING' | 'CONFIRMED' | 'REJECTED' | 'CANCELLED' | 'NEEDS_ATTENTION';
  total: { formatted: string };
  payment: { status: string; amount: { formatted: string } } | null;
  rejection: { code: string; message: string } | null;
  timeline: { at: string; step: string; outcome: string; detail: string | null }[];
}

export interface Placed {
  __typename: 'Order' | 'OutOfStock' | 'PaymentDeclined' | 'InvalidOrder' | 'IdempotencyConflict';
  id?: string;
  orderId?: string;
  message?: string;
  issues?: { path: string; message: string }[];
}
