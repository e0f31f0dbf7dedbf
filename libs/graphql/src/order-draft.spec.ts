import { expect, test } from '@jest/globals';
import { COUNTRIES } from './countries.ts';
import { inLanguage } from './language.ts';
import { draftOrder, type OrderWish } from './order-draft.ts';

const wish = (changes: Partial<OrderWish> = {}): OrderWish => ({
  idempotencyKey: 'k',
  lines: [{ sku: 'A', quantity: 1 }],
  paymentMethod: 'pm_card_visa',
  shippingAddress: { name: 'Ada', line1: '1 Quay', city: 'Cork', postalCode: 'T12', country: 'IE' },
  ...changes,
});
const paths = (changes: Partial<OrderWish>): string[] => {
  const drafted = draftOrder(wish(changes));
  return 'issues' in drafted ? drafted.issues.map(({ path }) => path) : [];
};
const address = (changes: object) => ({ shippingAddress: { ...wish().shippingAddress, ...changes } });

test('lines of the same sku are merged, in the order of their first', () => {
  const lines = [
    { sku: 'B', quantity: 2 },
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 3 },
  ];
  expect(draftOrder(wish({ lines }))).toMatchObject({
    draft: {
      lines: [
        { sku: 'B', quantity: 5 },
        { sku: 'A', quantity: 1 },
      ],
    },
  });
});

test('bounds of lines, quantities and keys', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ sku: `S${n}`, quantity: 1000 }));
  expect(paths({ lines: lines(50), idempotencyKey: 'k'.repeat(255) })).toEqual([]);
  expect(paths({ lines: lines(51) })).toEqual(['lines']);
  expect(paths({ lines: [] })).toEqual(['lines']);
  expect(paths({ lines: [{ sku: 'A', quantity: 1001 }] })).toEqual(['lines.0.quantity']);
  expect(
    paths({
      lines: [
        { sku: 'A', quantity: 5 },
        { sku: 'A', quantity: -1 },
      ],
    }),
  ).toEqual(['lines.1.quantity']);
  expect(paths({ lines: [{ sku: '', quantity: 1 }] })).toEqual(['lines.0.sku']);
  expect(paths({ lines: [{ sku: 'x'.repeat(65), quantity: 1 }] })).toEqual(['lines.0.sku']);
  expect(paths({ idempotencyKey: 'k'.repeat(256) })).toEqual(['idempotencyKey']);
  expect(paths({ idempotencyKey: 'a\u0000b', paymentMethod: '' })).toEqual([
    'idempotencyKey',
    'paymentMethod',
  ]);
});

test('the address: NFC and trimmed, every field within its bounds, nothing unprintable', () => {
  const drafted = draftOrder(wish(address({ name: ' Ame\u0301lie ', line2: '' })));
  expect(drafted).toMatchObject({ draft: { shippingAddress: { name: 'Amélie', line2: null } } });
  expect(paths(address({ city: '   ' }))).toEqual(['shippingAddress.city']);
  expect(paths(address({ line1: 'x'.repeat(1_000_000) }))).toEqual(['shippingAddress.line1']);
  expect(paths(address({ country: ' ie ' }))).toEqual([]);
  for (const country of ['Ireland', 'UK', 'XX', 'IRL', '', 'I\u0007E', 'EU'])
    expect(paths(address({ country }))).toEqual(['shippingAddress.country']);
  expect(paths(address({ line2: 'a\nb', country: 'I\u0007E' }))).toEqual([
    'shippingAddress.line2',
    'shippingAddress.country',
  ]);
  expect(paths(address({ name: "Robert'); DROP TABLE orders;-- <script>${7*7}</script>" }))).toEqual([]);
  expect(paths(address({ name: '😀' }))).toEqual([]);
});

test('issues are told in the words of the shop, in the language of the request', () => {
  const wrong = wish({ ...address({ city: '', name: 'x'.repeat(201), country: 'Ireland' }) });
  const told = () => {
    const drafted = draftOrder(wrong);
    return 'issues' in drafted ? drafted.issues.map(({ message }) => message) : [];
  };
  expect(told()).toEqual([
    'must have at most 200 characters',
    'must not be empty',
    'must be the two-letter code of a country (ISO 3166-1), such as IE or DE',
  ]);
  expect(inLanguage('de', told)[0]).toBe('darf höchstens 200 Zeichen haben');
});

test('there are 249 countries', () => {
  expect(COUNTRIES.size).toBe(249);
});
