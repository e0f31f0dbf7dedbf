import { describe, expect, it } from '@jest/globals';
import { Failure } from '@caravan/contracts';
import { unknown } from './outcome.ts';
import { type Ask, Payment, type Verb } from './payment.ts';

const terms = { amountMinor: 1999, currency: 'EUR', method: 'pm_card_visa' };
const ask = (verb: Verb, id: string, more: Partial<Ask> = {}): Ask => ({
  verb,
  id,
  type: `payments.${verb}-payment`,
  traceparent: '00-0-0-00',
  ...more,
});
const code = (verdict: unknown) => (verdict instanceof Failure ? verdict.code : verdict);

const pending = () => Payment.pending('o1', terms, 'm1');
function authorized(): Payment {
  const payment = pending();
  payment.settle({ kind: 'authorized', intentId: 'pi_1' });
  return payment;
}
function captured(): Payment {
  const payment = authorized();
  payment.capture('m2');
  payment.settle({ kind: 'captured', intentId: 'pi_1' });
  return payment;
}
function lost(): Payment {
  const payment = pending();
  payment.settle(unknown('no answer'));
  return payment;
}

describe('authorize', () => {
  it('calls under a key made of order and step, and again for the same command', () => {
    const payment = pending();
    expect(payment.idempotencyKey).toBe('o1:authorize');
    expect(payment.authorize(terms, 'm1')).toBe('call');
    expect(payment.authorize(terms, 'another')).toBe('wait');
  });

  it('answers as the first time, without another call', () => {
    expect(authorized().authorize(terms, 'm9')).toBe('done');
    const declined = pending();
    declined.settle({ kind: 'declined', code: 'insufficient_funds' });
    expect(declined.authorize(terms, 'm9')).toMatchObject({
      code: 'payments.declined',
      details: { code: 'insufficient_funds' },
    });
  });

  it('refuses other terms, and what was called off before', () => {
    expect(code(authorized().authorize({ ...terms, amountMinor: 1 }, 'm9'))).toBe('payments.refused');
    expect(code(Payment.tombstone('o1').authorize(terms, 'm9'))).toBe('payments.refused');
  });
});

describe('capture', () => {
  it('takes what is set aside, once', () => {
    const payment = authorized();
    expect(payment.capture('m2')).toBe('call');
    expect(payment.idempotencyKey).toBe('o1:capture');
    payment.settle({ kind: 'captured', intentId: 'pi_1' });
    expect(payment.status).toBe('CAPTURED');
    expect(payment.capture('m3')).toBe('done');
  });

  it('refuses after a void, a refund, a decline', () => {
    const refunded = captured();
    refunded.refund('m3');
    refunded.settle({ kind: 'refunded' });
    for (const payment of [Payment.tombstone('o1'), refunded]) {
      expect(code(payment.capture('m9'))).toBe('payments.not-capturable');
    }
  });
});

describe('void and refund', () => {
  it('let go of what is set aside', () => {
    for (const verb of ['void', 'refund'] as const) {
      const payment = authorized();
      expect(payment[verb]('m2')).toBe('call');
      expect(payment.operation).toBe('void');
      payment.settle({ kind: 'voided', intentId: 'pi_1' });
      expect(payment[verb]('m3')).toBe('done');
      expect(payment).toMatchObject({ status: 'VOIDED', refundedMinor: 0 });
    }
  });

  it('give back in full what was taken, by refund only', () => {
    const payment = captured();
    expect(code(payment.void('m3'))).toBe('payments.refused');
    expect(payment.refund('m3')).toBe('call');
    payment.settle({ kind: 'refunded' });
    expect(payment).toMatchObject({ status: 'REFUNDED', refundedMinor: 1999 });
    expect(payment.refund('m4')).toBe('done');
  });
});

describe('an unknown outcome', () => {
  it('stays open, and is due again after a back-off or as the processor asks', () => {
    const payment = lost();
    expect(payment).toMatchObject({ status: 'UNKNOWN', operation: 'authorize', attempts: 1 });
    expect(payment.dueInMs).toBeGreaterThanOrEqual(200);
    payment.settle(unknown('429', { retryAfterMs: 7000 }));
    expect(payment.dueInMs).toBe(7000);
    expect(payment.idempotencyKey).toBe('o1:authorize');
  });

  it('is settled before a void that came meanwhile, and then cancelled', () => {
    const payment = lost();
    payment.wait(ask('authorize', 'm1'));
    payment.wait(ask('void', 'm2'));
    expect(payment.advance()).toEqual([]);
    payment.settle({ kind: 'authorized', intentId: 'pi_1' });
    expect(payment.advance()).toMatchObject([{ ask: { id: 'm1' }, answer: 'done' }]);
    expect(payment).toMatchObject({ operation: 'void', begunBy: 'm2' });
    payment.settle({ kind: 'voided', intentId: 'pi_1' });
    expect(payment.advance()).toMatchObject([{ ask: { id: 'm2' }, answer: 'done' }]);
    expect(payment).toMatchObject({ waiting: [], operation: null, dueInMs: null });
  });

  it('is settled before a refund: capture unknown, then captured, then refunded', () => {
    const payment = authorized();
    payment.capture('m2');
    payment.settle(unknown('500'));
    payment.wait(ask('capture', 'm2'));
    payment.wait(ask('refund', 'm3'));
    payment.settle({ kind: 'captured', intentId: 'pi_1' });
    expect(payment.advance()).toHaveLength(1);
    expect(payment.operation).toBe('refund');
  });

  it('remembers a question once, however often it is repeated', () => {
    const payment = lost();
    payment.wait(ask('authorize', 'm1', { sagaId: 's', ask: 'a' }));
    payment.wait(ask('authorize', 'm1', { sagaId: 's', ask: 'a' }));
    payment.wait(ask('authorize', 'm5', { sagaId: 's', ask: 'a' }));
    expect(payment.waiting.map(({ id }) => id)).toEqual(['m5']);
  });

  it('takes a fresh key when the old one answers with a stored failure, but never for an authorization', () => {
    const capture = authorized();
    capture.capture('m2');
    capture.settle(unknown('500', { spent: true }));
    expect(capture.idempotencyKey).toBe('o1:capture:2');
    const payment = pending();
    payment.settle(unknown('500', { spent: true }));
    expect(payment.idempotencyKey).toBe('o1:authorize');
  });
});

describe('an authorization without an outcome', () => {
  it('is looked at when it can be given up, not at the next step of its back-off', () => {
    const payment = pending();
    for (let n = 0; n < 9; n++) payment.settle(unknown('500', { spent: true }));
    payment.ageMs = 44_000;
    payment.settle(unknown('500', { spent: true }));
    expect(payment.dueInMs).toBe(1_100);
    payment.ageMs = 46_000;
    payment.settle(unknown('no answer'));
    expect(payment.dueInMs).toBeGreaterThan(20_000);
  });

  it('obeys the processor no longer than a customer can wait', () => {
    const payment = pending();
    payment.settle(unknown('429', { retryAfterMs: 60_000 }));
    expect(payment.dueInMs).toBe(20_000);
    const refund = captured();
    refund.refund('m3');
    refund.settle(unknown('429', { retryAfterMs: 60_000 }));
    expect(refund.dueInMs).toBe(60_000);
  });
});

describe('notices', () => {
  it('hasten what is open', () => {
    const payment = lost();
    expect(payment.nudge('pi_9')).toBe(true);
    expect(payment).toMatchObject({ intentId: 'pi_9', dueInMs: 0 });
    expect(authorized().nudge('pi_1')).toBe(false);
  });

  it('of money for an order that was called off make somebody look and give it back', () => {
    const payment = Payment.tombstone('o1');
    expect(payment.suspect('pi_late', ask('refund', 'w1'))).toBe(true);
    payment.settle({ kind: 'authorized', intentId: 'pi_late' });
    expect(payment.advance()).toEqual([]);
    expect(payment).toMatchObject({ operation: 'void', intentId: 'pi_late' });
  });

  it('of a refund that failed send it again under a fresh key, each time', () => {
    const payment = captured();
    payment.refund('m3');
    payment.settle({ kind: 'refunded' });
    expect(payment.refundFailed(ask('refund', 'w1'))).toBe(true);
    expect(payment).toMatchObject({ status: 'CAPTURED', refundedMinor: 0, idempotencyKey: 'o1:refund:2' });
    const pause = payment.dueInMs!;
    payment.settle({ kind: 'refunded' });
    payment.refundFailed(ask('refund', 'w2'));
    expect(payment.idempotencyKey).toBe('o1:refund:3');
    expect(payment.dueInMs).toBeGreaterThan(pause);
  });
});

it('moves its version with every change of state, so that a stale writer is noticed', () => {
  const payment = pending();
  const versions = [payment.version];
  payment.settle({ kind: 'authorized', intentId: 'pi_1' });
  versions.push(payment.version);
  payment.capture('m2');
  versions.push(payment.version);
  payment.settle(unknown('500'));
  versions.push(payment.version);
  expect(versions).toEqual([1, 2, 3, 4]);
});
