import type { Order, Product } from './graphql.ts';

const MOST = 1_000;

/** One order of the demo, and how it is to end. */
export interface Story {
  title: string;
  paymentMethod: string;
  line: { product: Product; quantity: number };
  expected: { typename: string; status: Order['status'] };
}

const stock = (product: Product): number => product.available ?? 0;

/** The three orders: one that goes through, one whose card is declined, one for more than there is. */
export function storiesFrom(products: Product[]): Story[] {
  const byStock = products.toSorted((a, b) => stock(a) - stock(b));
  const [most, second] = [byStock.at(-1), byStock.at(-2)];
  const few =
    byStock.find((product) => stock(product) > 0 && stock(product) < MOST) ??
    byStock.find((product) => product.available === 0);
  if (!most || !second || !few || stock(second) < 2)
    throw new Error(
      'The shop has too few products in stock for the demo: npm start -- --fresh fills it again.',
    );
  return [
    {
      title: 'An order that is confirmed',
      paymentMethod: 'pm_card_visa',
      line: { product: most, quantity: 2 },
      expected: { typename: 'Order', status: 'CONFIRMED' },
    },
    {
      title: 'An order whose card is declined: the stock it had reserved comes back',
      paymentMethod: 'pm_card_visa_chargeDeclined',
      line: { product: second, quantity: 1 },
      expected: { typename: 'PaymentDeclined', status: 'REJECTED' },
    },
    {
      title: 'An order for one more than there is: nothing is charged',
      paymentMethod: 'pm_card_visa',
      line: { product: few, quantity: stock(few) + 1 },
      expected: { typename: 'OutOfStock', status: 'REJECTED' },
    },
  ];
}
