import { describe, expect, it } from '@jest/globals';
import { afresh, readDeadLetter } from './dead-letter.ts';
import { advice } from './advice.ts';

const ID = '01900000-0000-7000-8000-000000000001';
const OTHER = '01900000-0000-7000-8000-000000000002';
const ORDER = '01900000-0000-7000-8000-0000000000aa';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const letter = (body: unknown, headers: Record<string, unknown> = {}) =>
  readDeadLetter('payments', {
    content: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    properties: { headers } as never,
  });
const command = {
  id: ID,
  type: 'payments.capture-payment',
  data: { orderId: ORDER },
  trace: `00-${TRACE}-00f067aa0ba902b7-01`,
};

describe('a dead letter', () => {
  it('tells what it is, why it died and when', () => {
    const headers = { 'x-reason': 'no', 'x-attempts': 6, 'x-died-at': '2026-01-02T03:04:05.678Z' };
    expect(letter([command], headers)).toMatchObject({
      service: 'payments',
      id: ID,
      furtherIds: [],
      type: 'payments.capture-payment',
      reason: 'no',
      attempts: 6,
      diedAt: '2026-01-02T03:04:05.678Z',
      order: ORDER,
      traceId: TRACE,
    });
  });

  it('finds the order of a saga by the name of the saga', () => {
    const reply = { id: ID, type: 'saga.reply', data: { sagaId: `checkout:${ORDER}` } };
    expect(letter([reply]).order).toBe(ORDER);
    expect(letter([{ ...command, data: {}, sagaId: `cancellation:${ORDER}` }]).order).toBe(ORDER);
  });

  it('that the broker set aside has what the broker says', () => {
    const death = { reason: 'delivery_limit', time: { '!': 'timestamp', value: 1_767_323_045 } };
    expect(letter([command, { ...command, id: OTHER }], { 'x-death': [death] })).toMatchObject({
      furtherIds: [OTHER],
      reason: 'set aside by the broker: delivery_limit',
      attempts: null,
      diedAt: '2026-01-02T03:04:05.000Z',
    });
  });

  it.each(['{"half a', '[1]', '[null]', '"x"', '[]', '[{"id":7}]', '[{"data":null}]', '\u0000\uffff'])(
    'of %j has an id by its content, the same each time',
    (body) => {
      expect(letter(body).id).toMatch(/^raw-[0-9a-f]{16}$/);
      expect(letter(body).id).toBe(letter(body).id);
    },
  );
});

describe('redriving', () => {
  it('begins with the first attempt, under the same id, and changes nothing else', () => {
    const body = Buffer.from(JSON.stringify([{ ...command, attempt: 6 }]));
    expect(JSON.parse(afresh(body).toString())).toEqual([command]);
  });

  it('leaves what cannot be read as it is', () => {
    const body = Buffer.from([0xff, 0x7b, 0x22]);
    expect(afresh(body)).toBe(body);
  });
});

describe('advice', () => {
  it.each([
    ['not readable: Unexpected end of JSON input', 'only worth dropping'],
    ['too large: 300000 bytes, at most 266240 are read', 'only worth dropping'],
    ['unknown type payments.pay-twice', 'Deploy one that does'],
    ['not the shape of payments.capture-payment: orderId: Invalid', 'do not agree on its shape'],
    ['connect ECONNREFUSED', `grep ${TRACE}`],
  ])('after "%s" is: %s', (reason, words) => {
    const told = advice(letter([command], { 'x-reason': reason, 'x-attempts': 6 })).join('\n');
    expect(told).toContain(words);
    expect(told).toContain(`npm run saga -- show ${ORDER}`);
  });
});
