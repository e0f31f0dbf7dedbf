import {
  ADDRESS_BOUNDS,
  type Address,
  type DataOf,
  type Issue,
  type Line,
  type PlaceOrder,
  sku,
  type Whole,
} from '@caravan/contracts';
import { COUNTRIES } from './countries.ts';
import { messages } from './messages.ts';
import { badInput } from './public-errors.ts';

export type OrderDraft = Omit<DataOf<typeof PlaceOrder>, 'customerId'>;

/** What a client sent to buy something, in the words of either BFF: every field of the contract is named. */
export type OrderWish = Whole<OrderDraft>;

const MAX_LINES = 50;
const MAX_QUANTITY = 1_000;
const MAX_KEY = 255;
// Control characters, and halves of characters that are none: no database and no label printer wants them.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

function wrongWithKey(key: string): string | undefined {
  if (key.length < 1 || key.length > MAX_KEY) return messages().characters(1, MAX_KEY);
  return UNPRINTABLE.test(key) ? messages().unprintable : undefined;
}

/** An idempotency key as it was sent. @throws Failure BAD_USER_INPUT when it cannot be one */
export function checkedKey(idempotencyKey: string): string {
  const wrong = wrongWithKey(idempotencyKey);
  if (wrong) throw badInput(`"idempotencyKey" ${wrong}.`);
  return idempotencyKey;
}

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
    const wrong = wrongWithKey(key);
    if (wrong) refuse(path, wrong);
  }
  const lines = mergeLines(wish.lines, refuse);
  const shippingAddress = cleanAddress(wish.shippingAddress, refuse);
  const draft: Whole<OrderDraft> = { idempotencyKey, lines, paymentMethod, shippingAddress };
  return issues.length > 0 ? { issues } : { draft };
}

type Refuse = (path: string, message: string) => void;

function mergeLines(lines: readonly Line[], refuse: Refuse): Line[] {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    refuse('lines', messages().entries(MAX_LINES));
    return [];
  }
  const quantities = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (!sku.safeParse(line.sku).success || UNPRINTABLE.test(line.sku)) {
      refuse(`lines.${index}.sku`, messages().notASku);
    }
    const sum = (quantities.get(line.sku) ?? 0) + line.quantity;
    quantities.set(line.sku, sum);
    if (line.quantity < 1 || sum > MAX_QUANTITY) {
      refuse(`lines.${index}.quantity`, messages().quantity(MAX_QUANTITY));
    }
  }
  return Array.from(quantities, ([key, quantity]) => ({ sku: key, quantity }));
}

function cleanAddress(given: Address, refuse: Refuse): Address {
  const clean = (text: string) => text.normalize('NFC').trim();
  const cleaned: Whole<Address> = {
    name: clean(given.name),
    line1: clean(given.line1),
    line2: given.line2 ? clean(given.line2) || null : null,
    city: clean(given.city),
    postalCode: clean(given.postalCode),
    country: clean(given.country).toUpperCase(),
  };
  for (const [field, max] of Object.entries(ADDRESS_BOUNDS)) {
    const text = cleaned[field as keyof typeof ADDRESS_BOUNDS];
    if (text === '') refuse(`shippingAddress.${field}`, messages().missing);
    else if (text && text.length > max) refuse(`shippingAddress.${field}`, messages().atMost(max));
    else if (text && UNPRINTABLE.test(text)) refuse(`shippingAddress.${field}`, messages().unprintable);
  }
  if (!COUNTRIES.has(cleaned.country)) refuse('shippingAddress.country', messages().country);
  return cleaned;
}
