import { expect, it } from '@jest/globals';
import { judged, wrongDecisions } from './decisions.ts';

it.each([
  ['CONFIRMED', 'CONFIRMED', 'CONFIRMED'],
  ['PaymentDeclined', 'PaymentDeclined', 'PaymentDeclined'],
  ['CONFIRMED', 'PaymentDeclined', 'CONFIRMED instead of PaymentDeclined'],
  ['PaymentDeclined', 'CONFIRMED', 'PaymentDeclined instead of CONFIRMED'],
  ['PENDING', 'CONFIRMED', 'PENDING'],
  ['UNAVAILABLE', 'PaymentDeclined', 'UNAVAILABLE'],
  ['nodes', undefined, 'nodes'],
])('%s where %s was due counts as %s', (outcome, due, counted) => expect(judged(outcome, due)).toBe(counted));

it('a declined card whose order was confirmed is told by system and part', () => {
  const decided = [
    { part: 'checkout c=1', system: 'caravan', outcomes: { CONFIRMED: 9, PaymentDeclined: 1 } },
    {
      part: 'checkout c=1',
      system: 'theirs',
      outcomes: { [judged('CONFIRMED', 'PaymentDeclined')]: 2, CONFIRMED: 8 },
    },
  ];
  expect(wrongDecisions(decided)).toEqual([
    'theirs, checkout c=1: 2 orders CONFIRMED instead of PaymentDeclined',
  ]);
});
