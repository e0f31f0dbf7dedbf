import * as contracts from '@caravan/contracts';
import { deadlineExceeded, Failure, invalid, unavailable } from '@caravan/contracts';
import { contextFrom, runInContext } from '@caravan/platform';
import { expect, test } from '@jest/globals';
import { GraphQLError, locatedError } from 'graphql';
import { badInput, errorFormatter, notFound } from './public-errors.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const traceId = traceparent.slice(3, 35);

function said(error: Error, reports: unknown[] = []) {
  const located = locatedError(error, [], ['order']);
  const format = errorFormatter((reported) => reports.push(reported));
  const plain = {
    message: located.message,
    path: located.path,
    extensions: { code: 'INTERNAL_SERVER_ERROR', ...located.extensions },
  };
  return runInContext(contextFrom(traceparent), () => format(plain, located));
}

test.each([
  [unavailable('inventory'), 'UNAVAILABLE'],
  [deadlineExceeded('orders'), 'DEADLINE_EXCEEDED'],
  [invalid('The request does not have the shape of inventory.list-products'), 'BAD_USER_INPUT'],
  [new Failure('caravan.forbidden', 'No.'), 'FORBIDDEN'],
  [new Failure('caravan.unauthenticated', 'Who?'), 'UNAUTHENTICATED'],
  [new Failure('inventory.unknown-sku', 'x'), 'NOT_FOUND'],
  [notFound('Gone.'), 'NOT_FOUND'],
  [badInput('"first" must be at least 1.'), 'BAD_USER_INPUT'],
  [
    new GraphQLError('Field "x" is not defined', { extensions: { code: 'BAD_USER_INPUT' } }),
    'BAD_USER_INPUT',
  ],
  [new GraphQLError('x', { extensions: { code: 'BAD_REQUEST' } }), 'BAD_USER_INPUT'],
])('%p is told as %s, with the trace id and nothing else', (error, code) => {
  const reports: unknown[] = [];
  const { message, path, extensions } = said(error, reports);
  expect({ path, extensions }).toEqual({ path: ['order'], extensions: { code, traceId } });
  expect(message).not.toMatch(/inventory|orders/);
  expect(reports).toEqual([]);
});

test('a failure that was not foreseen, a bug, a broken value: masked, and reported', () => {
  for (const error of [
    new Failure('orders.secret', 'row 17'),
    new TypeError('x is undefined'),
    new GraphQLError('Int cannot represent 99999999999'),
  ]) {
    const reports: unknown[] = [];
    const answer = said(error, reports);
    expect(answer.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', traceId });
    expect(answer.message).toMatch(/went wrong on our side/);
    expect(reports).toEqual([error]);
  }
});

test('one error behind many fields is reported once', () => {
  const reports: unknown[] = [];
  const format = errorFormatter((reported) => reports.push(reported));
  const cause = new Error('the loader broke');
  for (const path of ['a', 'b', 'c']) format({ message: 'x' }, locatedError(cause, [], [path]));
  expect(reports).toEqual([cause]);
});

const codes = Object.entries(contracts)
  .filter(([name]) => /^[A-Z]\w*Failure$/.test(name))
  .flatMap(([, named]) => Object.values(named as Record<string, string>));

test.each(codes)('the failure code %s of a contract has a public code', (code) => {
  const reports: unknown[] = [];
  const { extensions } = said(new Failure(code, 'x'), reports);
  expect(extensions!['code']).not.toBe('INTERNAL_SERVER_ERROR');
  expect(reports).toEqual([]);
});

test('what graphql-js refuses before a field is executed is the client\u2019s error, with or without a place', () => {
  const format = errorFormatter((reported) => reports.push(reported));
  const reports: unknown[] = [];
  for (const error of [
    new GraphQLError('Too many errors processing variables, error limit reached. Execution aborted.'),
    new GraphQLError('Variable "$n" got invalid value "x"; Int cannot represent non-integer value: "x"'),
  ])
    expect(format(error.toJSON(), error).extensions!['code']).toBe('BAD_USER_INPUT');
  expect(reports).toEqual([]);
});

test('a message repeats at most some of what the client sent, and stays well formed', () => {
  const format = errorFormatter(() => undefined);
  for (const text of ['x'.repeat(200_000), '\u{1F600}'.repeat(100_000)]) {
    const error = new GraphQLError(`Variable "$v" got invalid value "${text}"`);
    const { message } = format(error.toJSON(), error);
    expect(message.length).toBeLessThanOrEqual(301);
    expect(message.isWellFormed()).toBe(true);
  }
});

test.each([unavailable('payments'), new TypeError('a mistake of ours')])(
  'after a change of the same request, %p is never told as "nothing has happened"',
  (error) => {
    const located = locatedError(error, [], ['placeOrder', 'payment']);
    const plain = { message: located.message, path: located.path };
    const context = contextFrom(traceparent);
    context.effects.changed = true;
    const told = runInContext(context, () => errorFormatter(() => undefined)(plain, located));
    expect(told.extensions).toEqual({ code: 'DEADLINE_EXCEEDED', traceId });
  },
);
