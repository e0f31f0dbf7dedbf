/** Every text of the phone's API in English. What is left of a stock, of a list or of an amount comes as an argument. */
export const en = {
  greeting: (name: string) => `Hello, ${name}`,
  welcome: 'Welcome to Caravan',
  order: (number: string) => `Order ${number}`,
  andMore: (name: string, others: number) => `${name} and ${others} more`,

  confirmed: 'Thank you, your order is confirmed.',
  pending: 'We have your order and are working on it.',
  attention: 'We have your order; a person is looking at it.',
  wasCancelled: 'This order was cancelled.',
  rejected: 'The order could not be accepted.',
  conflict: 'This checkout was already used for another order. Start a new one.',
  check: (issues: string) => `Please check: ${issues}`,
  soldOut: (name: string) => `${name} is sold out`,
  onlyLeft: (available: number, name: string) => `only ${available} × ${name} left`,
  sorry: (what: string) => `Sorry, ${what}.`,
  notCancellable: 'This order can no longer be cancelled.',
  cancelled: 'The order is cancelled.',
  cancelling: 'The order is being cancelled.',

  noPaymentDetails: 'Payment details are not available at the moment',
  nothingCharged: 'Nothing was charged',
  nothingToPay: 'Nothing to pay',
  payment: {
    PENDING: (amount: string) => `Paying ${amount}`,
    AUTHORIZED: (amount: string) => `${amount} set aside on your card`,
    CAPTURED: (amount: string) => `Paid ${amount}`,
    DECLINED: () => 'Payment declined, nothing was charged',
    VOIDED: () => 'Nothing was charged',
    REFUNDED: (_: string, refunded: string) => `Refunded ${refunded}`,
    UNKNOWN: (amount: string) => `We are asking your bank about ${amount}`,
  },

  partlyRefunded: (refunded: string) => `${refunded} refunded`,
  disputed: 'disputed at your bank',
  disputeClosed: (status: string) => `dispute ${status}`,

  /** What a step of the order's way means to its customer, by step and outcome. What is not here is not shown. */
  progress: {
    checkout: { started: 'We received your order', 'rolled back': 'The order could not be completed' },
    'reserve stock': {
      done: 'Your items are set aside',
      refused: 'Not all items are in stock',
      undone: 'Your items are back on the shelf',
    },
    'authorize payment': {
      done: 'Your card was accepted',
      refused: 'Your card was declined',
      undone: 'Nothing was charged',
    },
    'confirm order': { done: 'Your order is confirmed' },
    'capture payment': { done: 'Your payment was received' },
    'refund payment': { done: 'Your money is on its way back' },
    'cancel order': { done: 'Your order is cancelled' },
  } as Readonly<Record<string, Readonly<Record<string, string>>>>,
};
