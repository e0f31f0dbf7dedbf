import { expect, it } from '@jest/globals';
import { growthOf, type Sizes } from './fast-motion.ts';

const none: Sizes = { waiting: 0, timeline: 0, inbox: 0, outbox: 0, webhooks: 0 };

it('tells growth for each order, and that of a log as it is', () => {
  const grown = growthOf({ ...none, inbox: 10 }, { ...none, inbox: 30, timeline: 7 }, 4);
  expect(Object.fromEntries(grown.map(({ what, rows }) => [what, rows]))).toEqual({
    waiting: 0,
    timeline: 7,
    inbox: 5,
    outbox: 0,

    webhooks: 0,
  });
});
