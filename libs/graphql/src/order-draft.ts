import {
  address,
  sku,
  type Address,
  type DataOf,
  type Issue,
  type Line,
  type PlaceOrder,
} from '@caravan/contracts';

/** What a client sent to buy something, in the words of either BFF. */
export interface OrderWish {
  readonly idempotencyKey: string;
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
  readonly shippingAddress: Address;
}

export type OrderDraft = Omit<DataOf<typeof PlaceOrder>, 'customerId'>;

const MAX_LINES = 50;
const MAX_QUANTITY = 1_000;
const MAX_KEY = 255;
// Control characters, and halves of characters that are none: no database and no label printer wants them.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Cleans what a client sent: lines of the same sku merged, the address trimmed and NFC-normalised. Bounds are the public
 * contract's: 1 to 50 lines, 1 to 1000 of a sku, keys of 1 to 255 characters.
 * @returns the draft, or every issue there is, with the path in the client's input
 */
export function draftOrder(wish: OrderWish): { draft: OrderDraft } | { issues: Issue[] } {
  const issues: Issue[] = [];
  const refuse = (path: string, message: string) => issues.push({ path, message });
  const { idempotencyKey, paymentMethod } = wish;
  for (const [path, key] of Object.entries({ idempotencyKey, paymentMethod })) {
    if (key.length < 1 || key.length > MAX_KEY) refuse(path, `must have 1 to ${MAX_KEY} characters`);
    else if (UNPRINTABLE.test(key)) refuse(path, 'must not have control characters');
  }
  const lines = mergeLines(wish.lines, refuse);
  const shippingAddress = cleanAddress(wish.shippingAddress, refuse);
  return issues.length > 0
    ? { issues }
    : { draft: { idempotencyKey, lines, paymentMethod, shippingAddress } };
}

type Refuse = (path: string, message: string) => void;

function mergeLines(lines: readonly Line[], refuse: Refuse): Line[] {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    refuse('lines', `must have 1 to ${MAX_LINES} entries`);
    return [];
  }
  const quantities = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (!sku.safeParse(line.sku).success || UNPRINTABLE.test(line.sku)) {
      refuse(`lines.${index}.sku`, 'is not a sku of this shop');
    }
    const sum = (quantities.get(line.sku) ?? 0) + line.quantity;
    quantities.set(line.sku, sum);
    if (line.quantity < 1 || sum > MAX_QUANTITY) {
      refuse(`lines.${index}.quantity`, `must be 1 to ${MAX_QUANTITY} for a sku`);
    }
  }
  return Array.from(quantities, ([key, quantity]) => ({ sku: key, quantity }));
}

function cleanAddress(given: Address, refuse: Refuse): Address {
  const clean = (text: string) => text.normalize('NFC').trim();
  const cleaned: Address = {
    name: clean(given.name),
    line1: clean(given.line1),
    line2: given.line2 ? clean(given.line2) || null : null,
    city: clean(given.city),
    postalCode: clean(given.postalCode),
    country: clean(given.country),
  };
  const known = address.safeParse(cleaned);
  for (const issue of known.error?.issues ?? []) {
    refuse(['shippingAddress', ...issue.path].join('.'), issue.message);
  }
  for (const [field, text] of Object.entries(cleaned)) {
    if (text && UNPRINTABLE.test(text))
      refuse(`shippingAddress.${field}`, 'must not have control characters');
  }
  return cleaned;
}
