import { createHash } from 'node:crypto';
import { allTaken } from '@caravan/contracts';
import type { OrderRequest } from './order.ts';
import { mergeLines } from './order-line.ts';

/** What a request asks for, as a list that is the same for the same wish. */
export type Canon = (request: OrderRequest) => readonly unknown[];

/**
 * Version 1. Lines count in any order, an absent second address line in any spelling. An added field does not compile
 * here: it belongs in a new version.
 */
function canonV1({ lines, paymentMethod, shippingAddress, ...others }: OrderRequest): readonly unknown[] {
  const { customerId: _customer, idempotencyKey: _key, ...rest } = others;
  const { name, line1, line2, city, postalCode, country, ...restOfAddress } = shippingAddress;
  allTaken(rest);
  allTaken(restOfAddress);
  return [
    mergeLines(lines)
      .sort((a, b) => (a.sku < b.sku ? -1 : 1))
      .map(({ sku, quantity, ...restOfLine }) => {
        allTaken(restOfLine);
        return [sku, quantity];
      }),
    paymentMethod,
    [name, line1, line2 ?? '', city, postalCode, country],
  ];
}

/**
 * Every version that a stored fingerprint can have. A change of what counts is a new entry; the old ones stay as long as
 * keys are kept (7 days), so that a repeat is compared under the version its order was stored with.
 */
const CANONS: ReadonlyMap<number, Canon> = new Map([[1, canonV1]]);

/**
 * The version that is written. Raise it one release after the version was added: until then a build that runs beside this
 * one does not know it.
 */
const WRITTEN = 1;

/** `v2:…`; a text without a version is of version 1, which was written before versions were. */
const versionOf = (stored: string): number => Number(/^v(\d+):/.exec(stored)?.[1] ?? 1);

/** The fingerprint that is stored with a new order. */
export function fingerprintOf(request: OrderRequest, version = WRITTEN, canons = CANONS): string {
  const canon = canons.get(version);
  if (!canon) throw new Error(`There is no version ${version} of an order's fingerprint`);
  const hash = createHash('sha256')
    .update(JSON.stringify(canon(request)))
    .digest('base64url');
  return version === 1 ? hash : `v${version}:${hash}`;
}

/**
 * Whether a request asks for what the stored order was made from. Under a version that only a later build knows, nothing
 * contradicts the key: the customer gets the order that is there, and never a second one.
 */
export function isRepeat(stored: string, request: OrderRequest, canons = CANONS): boolean {
  const version = versionOf(stored);
  return !canons.has(version) || stored === fingerprintOf(request, version, canons);
}
