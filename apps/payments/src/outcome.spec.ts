import { describe, expect, it } from '@jest/globals';
import { outcomeOf, troubleOf } from './outcome.ts';

describe('an error of the processor', () => {
  it.each([
    [
      'a decline',
      { statusCode: 402, rawType: 'card_error', code: 'card_declined', decline_code: 'generic_decline' },
    ],
    ['a bad request', { statusCode: 400, rawType: 'invalid_request_error', code: 'parameter_missing' }],
  ])('%s is known', (_, error) => {
    expect(troubleOf(error).is).not.toBe('unknown');
  });

  it.each([
    ['no answer', { message: 'timeout' }],
    ['nonsense', { statusCode: 200, rawType: 'nonsense' }],
    ["somebody else's 402", { statusCode: 402, rawType: 'nonsense' }],
    ['a 500', { statusCode: 500, rawType: 'api_error' }],
    ['a call in flight', { statusCode: 409, code: 'idempotency_key_in_use' }],
    ['a wrong key', { statusCode: 401, rawType: 'invalid_request_error' }],
    ['a missing right', { statusCode: 403 }],
    ['a bug of ours', new TypeError('x')],
  ])('%s is unknown', (_, error) => {
    expect(troubleOf(error).is).toBe('unknown');
  });

  it('is waited out as long as it says', () => {
    const limited = (after: string) => troubleOf({ statusCode: 429, headers: { 'retry-after': after } });
    expect(limited('3')).toMatchObject({ outcome: { retryAfterMs: 3000 } });
    expect(limited('999999')).toMatchObject({ outcome: { retryAfterMs: 60_000 } });
    expect(limited('1e9')).toMatchObject({ outcome: { retryAfterMs: 60_000 } });
    expect(limited('0.0123')).toMatchObject({ outcome: { retryAfterMs: 13 } });
    for (const none of ['soon', '-1', ' ', 'Wed, 21 Oct 2026 07:28:00 GMT', 'NaN'])
      expect(limited(none)).toMatchObject({ outcome: { retryAfterMs: undefined } });
  });

  it.each([
    [
      'an unknown method',
      { code: 'resource_missing', param: 'payment_method' },
      'payments.invalid-method',
      true,
    ],
    [
      'an amount below the least',
      { code: 'amount_too_small', param: 'amount' },
      'payments.invalid-amount',
      true,
    ],
    ['an unknown parameter', { code: 'parameter_unknown', param: 'confirm' }, 'parameter_unknown', false],
    ['nothing said', {}, 'invalid_request', false],
  ])('that refuses the request is never the no of a card: %s', (_, error, code, callersMistake) => {
    for (const statusCode of [400, 404]) {
      const trouble = troubleOf({ statusCode, rawType: 'invalid_request_error', ...error });
      expect(trouble).toMatchObject({ is: 'refused', code, callersMistake, outcome: { ownMistake: true } });
    }
  });

  it.each([401, 403])('that refuses the key or the right is a mistake of ours: %d', (statusCode) => {
    expect(troubleOf({ statusCode, rawType: 'invalid_request_error' })).toMatchObject({
      is: 'unknown',
      outcome: { ownMistake: true, spent: false },
    });
  });

  it('that is replayed has spent its key', () => {
    const headers = { 'idempotent-replayed': 'true' };
    expect(troubleOf({ statusCode: 500, headers })).toMatchObject({ outcome: { spent: true } });
    expect(troubleOf({ statusCode: 500 })).toMatchObject({ outcome: { spent: false } });
  });
});

it.each([
  ['requires_capture', 'authorized'],
  ['succeeded', 'captured'],
  ['canceled', 'voided'],
  ['requires_payment_method', 'declined'],
  ['requires_action', 'declined'],
  ['processing', 'unknown'],
  ['whatever comes next', 'unknown'],
])('an intent that is %s means %s', (status, kind) => {
  expect(outcomeOf({ id: 'pi_1', status }).kind).toBe(kind);
});

it.each([
  ['automatic', { kind: 'voided', expired: true }],
  ['expired', { kind: 'voided', expired: true }],
  ['requested_by_customer', { kind: 'voided', expired: false }],
  [null, { kind: 'voided', expired: false }],
  ['abandoned', { kind: 'declined', code: 'authentication_required' }],
])('a cancelled intent tells why it was cancelled: %s', (cancellation_reason, meaning) => {
  expect(outcomeOf({ id: 'pi_1', status: 'canceled', cancellation_reason })).toMatchObject(meaning);
});
