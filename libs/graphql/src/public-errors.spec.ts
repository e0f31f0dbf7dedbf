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
