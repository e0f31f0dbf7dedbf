import { describe, expect, it } from '@jest/globals';
import { Failure } from '@caravan/contracts';
import { unknown } from './outcome.ts';
import type { Ask, Verb } from './ask.ts';
import { hear, hearKept } from './hearing.ts';
import type { Notice, Said } from './notice.ts';
import { Payment } from './payment.ts';

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
function refunded(refundId: string): Payment {
  const payment = captured();
  payment.refund('m3');
  payment.settle({ kind: 'refunded', refundId });
  return payment;
}
const giveBack = () => ask('refund', 'w1');
const notice = (said: Said, intentId = 'pi_1'): Notice => ({
  eventId: 'e1',
  orderId: 'o1',
  intentId,
  ...said,
});
const failed = (refundId: string) => notice({ says: 'refund', refundId, failed: true });
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
    payment.operationAgeMs = 44_000;
    payment.settle(unknown('500', { spent: true }));
    expect(payment.dueInMs).toBe(1_100);
    payment.operationAgeMs = 46_000;
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

describe('an operation that ends', () => {
  it('keeps the refund of an earlier attempt apart: a fresh key each time it is sent again', () => {
    const payment = refunded('re_1');
    const pauses: number[] = [];
    for (let n = 1; n <= 5; n++) {
      expect(hear(payment, failed(`re_${n}`), giveBack)).toBe('applied');
      expect(payment).toMatchObject({ status: 'CAPTURED', refundedMinor: 0, operation: 'refund' });
      expect(payment.idempotencyKey).toBe(`o1:refund:${n + 1}`);
      pauses.push(payment.dueInMs!);
      payment.settle({ kind: 'refunded', refundId: `re_${n + 1}` });
      payment.advance();
    }
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    // The sixth one that comes back needs a person.
    expect(hear(payment, failed('re_6'), giveBack)).toBe('applied');
    expect(payment).toMatchObject({ status: 'CAPTURED', operation: null, waiting: [], dueInMs: null });
    expect(payment.changes).toMatchObject([{ what: 'refund-failed', attention: true }]);
    // A person may ask for one more, under a key of its own; once it is accepted, none is made again.
    expect(payment.refund('m4')).toBe('call');
    expect(payment.idempotencyKey).toBe('o1:refund:7');
    payment.settle({ kind: 'refunded', refundId: 're_7' });
    expect(payment.refund('m5')).toBe('done');
  });
});

describe('notices', () => {
  it('hasten what is open, and leave the intent they name with the payment in whatever state', () => {
    for (const payment of [pending(), lost()]) {
      expect(hear(payment, notice({ says: 'held' }, 'pi_9'), giveBack)).toBe('applied');
      expect(payment.intentId).toBe('pi_9');
    }
    expect(hear(authorized(), notice({ says: 'held' }), giveBack)).toBe('known');
  });

  it('of money for an order that was called off lead to a look, and to giving it back', () => {
    for (const says of ['held', 'taken'] as const) {
      const payment = Payment.tombstone('o1');
      expect(hear(payment, notice({ says }, 'pi_late'), giveBack)).toBe('applied');
      expect(payment).toMatchObject({ operation: 'inspect', intentId: 'pi_late' });
      payment.settle({ kind: 'authorized', intentId: 'pi_late' });
      expect(payment.advance()).toEqual([]);
      expect(payment).toMatchObject({ operation: 'void', intentId: 'pi_late' });
    }
  });

  it('of a refund that failed while it is open are kept, and applied when it ends', () => {
    const payment = captured();
    payment.refund('m3');
    payment.settle(unknown('no answer'));
    payment.wait(ask('refund', 'm3'));
    expect(hear(payment, failed('re_1'), giveBack)).toBe('later');
    payment.settle({ kind: 'refunded', refundId: 're_1' });
    hearKept(payment, giveBack);
    expect(payment.advance()).toEqual([]);
    expect(payment).toMatchObject({ status: 'CAPTURED', operation: 'refund', early: [] });
    expect(payment.idempotencyKey).toBe('o1:refund:2');
  });

  it('of one failed refund are one effect, though they are three', () => {
    const payment = refunded('re_1');
    const three = [failed('re_1'), failed('re_1'), failed('re_1')].map((one, n) => ({
      ...one,
      eventId: `e${n}`,
    }));
    expect(three.map((one) => hear(payment, one, giveBack))).toEqual(['applied', 'known', 'known']);
    const answered = captured();
    answered.refund('m3');
    answered.settle(unknown('the refund is failed', { spent: true, failedRefund: 're_1' }));
    expect(three.map((one) => hear(answered, one, giveBack))).toEqual(['known', 'known', 'known']);
    expect(answered.idempotencyKey).toBe('o1:refund:2');
  });

  it.each<[string, Said, Payment]>([
    ['a capture', { says: 'taken' }, authorized()],
    ['a cancel', { says: 'canceled' }, authorized()],
    ['a refund of a part', { says: 'charge-refunded', refundedMinor: 500 }, captured()],
    ['a refund in full', { says: 'charge-refunded', refundedMinor: 1999 }, captured()],
    ['a refund that is created', { says: 'refund', refundId: 're_d', failed: false }, captured()],
  ])('of %s at the processor make the service look at the object', (_, said, payment) => {
    expect(hear(payment, notice(said), giveBack)).toBe('applied');
    expect(payment.operation).toBe('inspect');
  });

  it.each<[string, Said, Payment]>([
    ['a hold', { says: 'held' }, captured()],
    ['our capture', { says: 'taken' }, captured()],
    ['our refund', { says: 'charge-refunded', refundedMinor: 1999 }, refunded('re_1')],
    ['a refund before', { says: 'refund', refundId: 're_0', failed: false }, refunded('re_1')],
    ['another intent', { says: 'canceled' }, Object.assign(authorized(), { intentId: 'pi_2' })],
    ['a decline', { says: 'failed' }, authorized()],
  ])('of %s that are known, or older than the object, change nothing', (_, said, payment) => {
    const before = structuredClone(Object.assign({}, payment));
    expect(hear(payment, notice(said), giveBack)).toBe('known');
    expect(Object.assign({}, payment)).toEqual(before);
  });

  it('of a refund at the processor while a capture is open lead to a look when that has ended', () => {
    const payment = authorized();
    payment.capture('m2');
    expect(hear(payment, notice({ says: 'charge-refunded', refundedMinor: 500 }), giveBack)).toBe('later');
    payment.settle({ kind: 'captured', intentId: 'pi_1' });
    hearKept(payment, giveBack);
    expect(payment).toMatchObject({ status: 'CAPTURED', operation: 'inspect' });
  });

  it('kept with a payment are bounded', () => {
    const payment = lost();
    for (let n = 0; n < 100; n++)
      hear(payment, { ...notice({ says: 'canceled' }), eventId: `e${n}` }, giveBack);
    expect(payment.early).toHaveLength(20);
  });
});

describe('what was done at the processor', () => {
  const looked = (payment: Payment, seen: Parameters<Payment['settle']>[0]) => {
    payment.inspect('w1');
    payment.settle(seen);
    payment.advance();
    return payment;
  };

  it('a refund of a part is shown, and cancelling gives back the rest once', () => {
    const payment = looked(captured(), { kind: 'captured', intentId: 'pi_1', refundedMinor: 500 });
    expect(payment).toMatchObject({ status: 'CAPTURED', refundedMinor: 500 });
    expect(payment.changes).toMatchObject([{ what: 'partly-refunded', attention: false }]);
    expect(payment.refund('m3')).toBe('call');
    payment.settle({ kind: 'refunded', refundId: 're_2' });
    expect(payment).toMatchObject({ status: 'REFUNDED', refundedMinor: 1999 });
  });

  it('a refund in full needs a person, and is never made again', () => {
    const payment = looked(captured(), { kind: 'captured', intentId: 'pi_1', refundedMinor: 1999 });
    expect(payment).toMatchObject({ status: 'REFUNDED', refundedMinor: 1999 });
    expect(payment.changes).toMatchObject([{ what: 'refunded', attention: true }]);
    expect(payment.refund('m3')).toBe('done');
  });

  it('a capture before the order is confirmed is given back when the order is called off', () => {
    const payment = looked(authorized(), { kind: 'captured', intentId: 'pi_1', capturedMinor: 1999 });
    expect(payment.capture('m2')).toBe('done');
    expect(payment.void('m3')).toBe('call');
    expect(payment.operation).toBe('refund');
  });

  it('a cancel is told, and its money cannot be captured', () => {
    const payment = looked(authorized(), { kind: 'voided', intentId: 'pi_1' });
    expect(payment.changes).toMatchObject([{ what: 'voided', attention: true }]);
    expect(code(payment.capture('m2'))).toBe('payments.not-capturable');
  });

  it('what was known stays known while the look has no answer', () => {
    const payment = captured();
    payment.inspect('w1');
    payment.settle(unknown('503'));
    expect(payment).toMatchObject({ status: 'CAPTURED', operation: 'inspect', attempts: 1 });
  });
});

describe('a hold that ended by itself', () => {
  const ended = () => {
    const payment = authorized();
    payment.inspect('w1');
    payment.settle({ kind: 'voided', intentId: 'pi_1', expired: true });
    payment.advance();
    return payment;
  };

  it('is authorized anew under a key of its own when the order is confirmed, then captured', () => {
    const payment = ended();
    payment.wait(ask('capture', 'm2'));
    expect(payment.advance()).toEqual([]);
    expect(payment).toMatchObject({ operation: 'authorize', intentId: null });
    expect(payment.idempotencyKey).toBe('o1:authorize:renewal-1');
    payment.settle({ kind: 'authorized', intentId: 'pi_2' });
    payment.advance();
    expect(payment).toMatchObject({ operation: 'capture', intentId: 'pi_2' });
    payment.settle({ kind: 'captured', intentId: 'pi_2' });
    expect(payment.advance()).toMatchObject([{ answer: 'done' }]);
  });

  it('is seen by the capture itself, too', () => {
    const payment = authorized();
    payment.capture('m2');
    payment.wait(ask('capture', 'm2'));
    payment.settle({ kind: 'voided', intentId: 'pi_1', expired: true });
    payment.advance();
    expect(payment.operation).toBe('authorize');
  });

  it('needs a person when the card says no to the new one', () => {
    const payment = ended();
    payment.wait(ask('capture', 'm2'));
    payment.advance();
    payment.settle({ kind: 'declined', code: 'card_declined' });
    expect(payment.advance()).toMatchObject([{ answer: { code: 'payments.not-capturable' } }]);
    expect(payment.changes.at(-1)).toMatchObject({ attention: true });
  });

  it('is left alone when the order was called off', () => {
    const payment = ended();
    expect(payment.void('m2')).toBe('done');
    expect(code(payment.capture('m3'))).toBe('payments.not-capturable');
  });
});

describe('a dispute', () => {
  const told = { id: 'dp_1', status: 'needs_response', reason: 'fraudulent', amountMinor: 1999 };
  const opened = { ...told, openedAt: '2026-01-01T00:00:00.000Z', closedAt: null };
  const closed = (status: string) => ({ ...opened, status, closedAt: '2026-02-01T00:00:00.000Z' });

  it('is recorded in whatever order it is told, and told of once', () => {
    const payment = captured();
    expect(payment.hearDispute(closed('won'))).toBe(true);
    expect(payment.hearDispute(opened)).toBe(false);
    expect(payment.hearDispute(closed('won'))).toBe(false);
    expect(payment.dispute).toMatchObject({ status: 'won' });
    expect(payment.changes.map(({ what }) => what)).toEqual(['dispute-closed']);
  });

  it('holds a refund back until it is decided; what the bank has given back is not given twice', () => {
    const payment = captured();
    payment.hearDispute(opened);
    expect(code(payment.refund('m3'))).toBe('payments.disputed');
    const lostIt = captured();
    lostIt.hearDispute(closed('lost'));
    expect(lostIt.refund('m3')).toBe('done');
    payment.hearDispute(closed('won'));
    expect(payment.refund('m4')).toBe('call');
  });

  it('that the processor tells of first ends the refund instead of repeating it', () => {
    const payment = captured();
    payment.refund('m3');
    payment.wait(ask('refund', 'm3'));
    payment.settle({ kind: 'disputed', dispute: opened });
    expect(payment.advance()).toMatchObject([{ answer: { code: 'payments.disputed' } }]);
    expect(payment).toMatchObject({ status: 'CAPTURED', operation: null });
  });
});

it('a total of 0 is a matter of the books: authorized, captured, refunded or let go without the processor', () => {
  const free = () => Payment.pending('o1', { ...terms, amountMinor: 0 }, 'm1');
  expect(free()).toMatchObject({ status: 'AUTHORIZED', operation: null, dueInMs: null });
  const sold = free();
  expect([sold.authorize({ ...terms, amountMinor: 0 }, 'm9'), sold.capture('m2'), sold.refund('m3')]).toEqual(
    ['done', 'done', 'done'],
  );
  expect(sold).toMatchObject({ status: 'REFUNDED', operation: null });
  const calledOff = free();
  expect(calledOff.void('m2')).toBe('done');
  expect(calledOff.status).toBe('VOIDED');
});

it('an authorization that is given up asks first for what was heard while the processor was asked', () => {
  const payment = lost();
  payment.intentId = 'pi_heard';
  payment.settle({ kind: 'given-up', asked: null });
  expect(payment).toMatchObject({ status: 'UNKNOWN', operation: 'authorize', dueInMs: 0 });
  payment.settle({ kind: 'given-up', asked: 'pi_heard' });
  expect(payment).toMatchObject({ status: 'DECLINED', declineCode: 'processing_error' });
});

it('an outage of a day leaves one waiting entry per saga and verb', () => {
  const payment = authorized();
  payment.capture('m0');
  payment.settle(unknown('503'));
  for (let n = 0; n < 2000; n++)
    payment.wait(ask('capture', `m${n}`, { sagaId: 'checkout:o1', ask: `3:do:${n}` }));
  payment.wait(ask('refund', 'r1', { sagaId: 'cancellation:o1', ask: '0:do:0' }));
  expect(payment.waiting).toMatchObject([{ ask: '3:do:1999' }, { verb: 'refund' }]);
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

describe('a result is taken up', () => {
  const called = (): Payment => {
    const payment = authorized();
    payment.capture('m2');
    return payment;
  };

  it('by the payment as it was when the processor was asked, noted or not', () => {
    const [noted, unnoted] = [called(), authorized()];
    expect([noted.takeUp(called()), unnoted.takeUp(called())]).toEqual([true, true]);
    expect(unnoted).toMatchObject({ operation: 'capture', begunBy: 'm2', version: called().version });
  });

  it('not by one that has moved on', () => {
    const voided = authorized();
    voided.void('m3');
    const inspected = authorized();
    inspected.inspect('m3');
    expect([captured(), voided, inspected].map((row) => row.takeUp(called()))).toEqual([false, false, false]);
    expect(voided).toMatchObject({ operation: 'void', begunBy: 'm3' });
  });

  it('only a capture goes unnoted', () => {
    const asked = authorized();
    asked.void('m3');
    expect(authorized().takeUp(asked)).toBe(false);
  });
});

it('a notice of money taken by our own call is known, one of the dashboard makes the service look', () => {
  const own = { ...notice({ says: 'taken' }), key: 'o1:capture' };
  expect(hear(authorized(), own, giveBack)).toBe('known');
  expect(hear(authorized(), notice({ says: 'taken' }), giveBack)).toBe('applied');
});
