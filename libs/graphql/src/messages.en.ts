/**
 * Texts of both APIs in English. What an input is refused with follows the field's path: `lines.0.quantity must be 1 to 1000 for a sku`.
 */
export const en = {
  characters: (min: number, max: number) => `must have ${min} to ${max} characters`,
  atMost: (max: number) => `must have at most ${max} characters`,
  missing: 'must not be empty',
  unprintable: 'must not have control characters',
  entries: (max: number) => `must have 1 to ${max} entries`,
  notASku: 'is not a sku of this shop',
  quantity: (max: number) => `must be 1 to ${max} for a sku`,
  country: 'must be the two-letter code of a country (ISO 3166-1), such as IE or DE',
  invalidOrder: 'The order cannot be accepted as it is.',
  keyUsed: 'This key was used for another order. Take a new key for a new order.',
  /** Why an order was rejected, by the failure's code; what is not here is told in the service's own words. */
  failures: {
    'saga.timed-out': 'The order could not be completed in time. You have not been charged.',
  } as Readonly<Record<string, string>>,
};
