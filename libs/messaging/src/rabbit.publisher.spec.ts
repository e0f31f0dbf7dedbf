import { describe, expect, it } from '@jest/globals';
import { pack } from './rabbit.publisher.ts';
import { MAX_BATCH, MAX_BODY_BYTES } from './wire.ts';

const message = (routingKey: string, body: string) => ({ id: 'x', type: routingKey, routingKey, body });

describe('pack', () => {
  it('puts items of one key into one body, in order', () => {
    const packs = pack([message('a', '1'), message('b', '2'), message('a', '3')]);
    expect(packs.map(({ routingKey, body, indexes }) => ({ routingKey, body, indexes }))).toEqual([
      { routingKey: 'a', body: '[1,3]', indexes: [0, 2] },
      { routingKey: 'b', body: '[2]', indexes: [1] },
    ]);
  });

  it('begins a new body when one has all the items it may have', () => {
    const packs = pack(Array.from({ length: MAX_BATCH + 1 }, () => message('a', '1')));
    expect(packs.map((one) => one.indexes.length)).toEqual([MAX_BATCH, 1]);
  });

  it('begins a new body when one would become too large', () => {
    const half = 'x'.repeat(MAX_BODY_BYTES / 2 + 1);
    expect(pack([message('a', half), message('a', half)])).toHaveLength(2);
  });
});
