import type { FailureData } from '@caravan/contracts';

export interface OrderIssue {
  readonly path: string;
  readonly message: string;
}

export const unknownProduct = (line: number, sku: string): OrderIssue => ({
  path: `lines.${line}.sku`,
  message: `There is no product "${sku}".`,
});

export const orderTooLarge = (totalMinor: number): OrderIssue => ({
  path: 'lines',
  message: `The total of ${(totalMinor / 100).toFixed(2)} is more than one order may be worth. Split it.`,
});

export const CANCELLED: FailureData = {
  code: 'orders.cancelled',
  message: 'The customer cancelled the order.',
};

export const COMPENSATED: FailureData = {
  code: 'orders.compensated-by-operator',
  message: 'The shop took the order back.',
};
