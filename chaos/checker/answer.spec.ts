import { describe, expect, it } from '@jest/globals';
import { type Answer, attemptOf, silence } from './answer.ts';
import type { Api, Operation } from './operation.ts';

const answer = (body: unknown, further: Partial<Answer> = {}): Answer => ({
  status: 200,
  contentType: 'application/json',
  requestId: 'r1',
  text: typeof body === 'string' ? body : JSON.stringify(body),
  ...further,
});
const read = (
  body: unknown,
  further: Partial<Answer> = {},
  api: Api = 'web',
  kind: Operation['kind'] = 'place',
) => attemptOf({ kind, api }, answer(body, further));
const error = (code: string) => ({ data: null, errors: [{ extensions: { code, traceId: 't' } }] });
const problem = {
  type: 'a',
  title: 'b',
  status: 503,
  detail: 'c',
  instance: 'd',
  code: 'caravan.unavailable',
  traceId: 't',
};
const asProblem = { contentType: 'application/problem+json; charset=utf-8' };

describe('an answer', () => {
  it.each([
    [
      'Order',
      { __typename: 'Order', id: 'o1', status: 'CONFIRMED' },
      { outcome: 'ok', said: 'CONFIRMED', orderId: 'o1', status: 'CONFIRMED' },
    ],
    [
      'OutOfStock',
      { __typename: 'OutOfStock', orderId: 'o1' },
      { outcome: 'ok', said: 'OutOfStock', orderId: 'o1', status: 'REJECTED' },
    ],
    ['InvalidOrder', { __typename: 'InvalidOrder' }, { outcome: 'refused', said: 'InvalidOrder' }],
  ])('of the web that is %s', (_, placeOrder, expected) => {
    expect(read({ data: { placeOrder } })).toEqual({ ...expected, breaches: [] });
  });

  it.each([
    [
      'CONFIRMED',
      { id: 'o1', status: 'CONFIRMED' },
      { outcome: 'ok', said: 'CONFIRMED', orderId: 'o1', status: 'CONFIRMED' },
    ],
    [
      'OUT_OF_STOCK',
      { id: 'o1', status: 'REJECTED' },
      { outcome: 'ok', said: 'OUT_OF_STOCK', orderId: 'o1', status: 'REJECTED' },
    ],
    ['INVALID', null, { outcome: 'refused', said: 'INVALID' }],
  ])('of the phone that is %s', (code, order, expected) => {
    expect(read({ data: { checkout: { ok: true, code, order } } }, {}, 'mobile')).toEqual({
      ...expected,
      breaches: [],
    });
  });

  it('to a cancellation', () => {
    const cancelOrder = { __typename: 'NotCancellable', status: 'REJECTED' };
    expect(read({ data: { cancelOrder } }, {}, 'web', 'cancel')).toMatchObject({
      outcome: 'refused',
      breaches: [],
    });
    const cancelled = { code: 'CANCELLED', order: { id: 'o1', status: 'CONFIRMED' } };
    expect(read({ data: { cancelOrder: cancelled } }, {}, 'mobile', 'cancel')).toMatchObject({
      outcome: 'ok',
      orderId: 'o1',
    });
  });

  it('tells whether something may have happened', () => {
    expect(read(error('UNAVAILABLE'))).toMatchObject({ outcome: 'unavailable', breaches: [] });
    expect(read(error('DEADLINE_EXCEEDED'))).toMatchObject({ outcome: 'unknown', breaches: [] });
    expect(read(problem, { status: 503, ...asProblem })).toMatchObject({
      outcome: 'unavailable',
      breaches: [],
    });
    expect(read(problem, { status: 504, ...asProblem })).toMatchObject({ outcome: 'unknown', breaches: [] });
    expect(silence(Object.assign(new Error('x'), { cause: { code: 'ECONNREFUSED' } })).outcome).toBe(
      'unavailable',
    );
    expect(silence(Object.assign(new Error('x'), { cause: { code: 'ECONNRESET' } })).outcome).toBe('unknown');
  });

  it.each([
    ['an inner error', error('INTERNAL_SERVER_ERROR'), {}, 'INTERNAL_SERVER_ERROR'],
    ['an error nobody can ask about', { errors: [{ extensions: { code: 'UNAVAILABLE' } }] }, {}, 'traceId'],
    ['a strange type', { data: { placeOrder: { __typename: 'Surprise' } } }, {}, 'Surprise'],
    [
      'a strange status',
      { data: { placeOrder: { __typename: 'Order', id: 'o1', status: 'LOST' } } },
      {},
      'LOST',
    ],
    [
      'an order without a name',
      { data: { placeOrder: { __typename: 'Order', status: 'CONFIRMED' } } },
      {},
      'without an order',
    ],
    ['nothing at all', {}, {}, 'neither'],
    ['a page', '<html>', {}, 'JSON'],
    ['no request id', error('UNAVAILABLE'), { requestId: null }, 'X-Request-Id'],
    ['an unexpected status', problem, { status: 500, ...asProblem }, '500 to a right request'],
    ['a problem in plain JSON', problem, { status: 503 }, 'application/json'],
    ['half a problem', { code: 'x' }, { status: 503, ...asProblem }, 'without type'],
  ])('breaks the contract by %s', (_, body, further, breach) => {
    expect(read(body, further).breaches.join()).toContain(breach);
  });
});
