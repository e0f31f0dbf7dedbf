import { expect, it } from '@jest/globals';
import { openIntent } from './intent.ts';
import { Ledger } from './ledger.ts';

const intent = (orderId: string, currency = 'eur') =>
  openIntent({
    id: 'pi_1',
    created: 1,
    amount: 100,
    currency,
    manual: true,
    metadata: { order_id: orderId },
    description: null,
    customer: null,
    method: null,
  });

it('adds up and counts what happened to an order over all its payments', () => {
  const ledger = new Ledger();
  ledger.post(intent('a'), [{ kind: 'authorized', amount: 100 }]);
  ledger.post(intent('a'), [{ kind: 'authorized', amount: 100 }]);
  ledger.post(intent('a'), [{ kind: 'voided', amount: 100 }]);
  ledger.post(intent('a'), [{ kind: 'captured', amount: 100 }]);
  ledger.post(intent('a'), [{ kind: 'refunded', amount: 40 }]);
  ledger.post(intent('a'), [{ kind: 'refunded', amount: 60 }]);
  expect(ledger.lines('a')).toEqual([
    {
      orderId: 'a',
      currency: 'eur',
      authorized: 200,
      captured: 100,
      refunded: 100,
      voided: 100,
      authorizations: 2,
      captures: 1,
      refunds: 2,
    },
  ]);
});

it('keeps orders and currencies apart', () => {
  const ledger = new Ledger();
  ledger.post(intent('a'), [{ kind: 'authorized', amount: 1 }]);
  ledger.post(intent('a', 'usd'), [{ kind: 'authorized', amount: 2 }]);
  ledger.post(intent('b'), [{ kind: 'authorized', amount: 3 }]);
  expect(ledger.lines().map((line) => [line.orderId, line.currency, line.authorized])).toEqual([
    ['a', 'eur', 1],
    ['a', 'usd', 2],
    ['b', 'eur', 3],
  ]);
  expect(ledger.lines('c')).toEqual([]);
});
