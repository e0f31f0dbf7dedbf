import { describe, expect, it } from '@jest/globals';
import { allContracts, ANY_SERVICE, durableTypesOf, serviceOf, SUBSCRIPTIONS, type Whole } from './index.ts';

const VERB = /^[a-z]+\.[a-z]+(-[a-z]+)*$/;
const services = Object.keys(SUBSCRIPTIONS);

describe('the words on the wire', () => {
  it.each(
    allContracts()
      .filter(({ kind }) => kind !== 'event')
      .map(({ type }) => [type]),
  )('%s is addressed to a service that exists', (type) => {
    expect(type).toMatch(VERB);
    expect([...services, ANY_SERVICE]).toContain(serviceOf({ type }));
  });

  it.each(
    allContracts()
      .filter(({ kind }) => kind === 'event')
      .map(({ type }) => [type]),
  )('%s is a fact, not an order to a service', (type) => {
    expect(type).toMatch(VERB);
    expect(services).not.toContain(serviceOf({ type }));
  });

  it('bring each service its commands and the events it hears', () => {
    expect(durableTypesOf('inventory')).toEqual([
      'inventory.reserve-stock',
      'inventory.release-stock',
      'order.confirmed',
      'order.rejected',
      'order.cancelled',
    ]);
  });
});

it('a mapping that leaves out an optional field does not compile', () => {
  // @ts-expect-error b is missing
  const lost: Whole<{ a: string; b?: string }> = { a: 'x' };
  const named: Whole<{ a: string; b?: string }> = { a: 'x', b: undefined };
  expect([lost, named]).toEqual([{ a: 'x' }, { a: 'x' }]);
});
