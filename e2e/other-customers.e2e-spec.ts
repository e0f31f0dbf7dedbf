import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Customer, guest, newCustomer, staff } from './client.ts';
import { buy, orderOf, ownProduct } from './shop.ts';

describe('Somebody else’s order', () => {
  let owner: Customer;
  let stranger: Customer;
  let id: string;

  beforeAll(async () => {
    [owner, stranger] = [await newCustomer(), await newCustomer('Eve')];
    id = await buy(owner, { [(await ownProduct()).sku]: 1 });
  });

  it('is not there on the web', async () => {
    const answer = await stranger.askWeb('query ($id: ID!) { order(id: $id) { id } }', { id });
    expect(answer.body).toEqual({ data: { order: null } });
    expect(await orderOf(stranger, randomUUID())).toBeNull();
    const { orders } = await stranger.web<{ orders: object }>('{ orders { nodes { id } } }');
    expect(orders).toEqual({ nodes: [] });
  });

  it('is not there on the phone', async () => {
    const answer = await stranger.askMobile('query ($id: ID!) { order(id: $id) { id } }', { id });
    expect(answer.body).toEqual({ data: { order: null } });
    const { orders } = await stranger.mobile<{ orders: object }>('{ orders { items { id } next } }');
    expect(orders).toEqual({ items: [], next: null });
  });

  it('cannot be cancelled: it is not found, as one that never was', async () => {
    for (const unknown of [id, randomUUID(), 'not-an-id']) {
      const web = await stranger.askWeb('mutation ($id: ID!) { cancelOrder(id: $id) { __typename } }', {
        id: unknown,
      });
      expect(web.body.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
      const phone = await stranger.askMobile('mutation ($id: ID!) { cancelOrder(id: $id) { ok } }', {
        id: unknown,
      });
      expect(phone.body.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    }
    expect((await orderOf(owner, id))?.status).toBe('CONFIRMED');
  });

  it('is not the staff’s either', async () => {
    expect(await orderOf(await staff(), id)).toBeNull();
  });

  it('needs a token at all', async () => {
    const webQueries = [
      `{ order(id: "${id}") { id } }`,
      '{ orders { nodes { id } } }',
      '{ me { id } }',
      `mutation { cancelOrder(id: "${id}") { __typename } }`,
      'mutation { restock(sku: "x", quantity: 1) { sku } }',
    ];
    for (const query of webQueries) {
      const { body } = await guest().askWeb(query);
      expect(body.errors?.[0]?.extensions).toEqual({
        code: 'UNAUTHENTICATED',
        traceId: expect.stringMatching(/^[\da-f]{32}$/),
      });
    }
    for (const query of [`{ order(id: "${id}") { id } }`, '{ orders { next } }']) {
      const { body } = await guest().askMobile(query);
      expect(body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    }
  });
});
