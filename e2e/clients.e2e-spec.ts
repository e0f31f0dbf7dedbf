import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';
import { newCustomer } from './client.ts';
import { chromium } from './clients/chromium.ts';
import { blocks, clients, writeBlocks } from './clients/documented.ts';
import type { Told, ToldByTabs } from './clients/modules.ts';
import { storyFor, tell } from './clients/story.ts';
import { ownProduct } from './shop.ts';
import { theSystem } from './system.ts';

const folder = join(import.meta.dirname, '../.data/test/documented-clients');
const BOUGHT = { __typename: 'Order', status: expect.stringMatching(/^(CONFIRMED|PENDING)$/) as unknown };

let sku: string;
beforeAll(async () => {
  writeBlocks(folder, theSystem().gatewayUrl);
  sku = (await ownProduct(100)).sku;
});

describe('docs/clients.md', () => {
  it('shows the clients that people use', () => {
    expect(clients()).toEqual(['fetch', 'apollo', 'urql', 'relay', 'graphql-request']);
  });

  it.each(clients())(
    '%s lists, signs in, buys once a key, tells errors, goes on when its token ran out and when it was limited',
    async (client) => {
      const customer = await newCustomer();
      const told = await tell<Told>('in-node.ts', await storyFor(customer, sku, folder, [client]));
      expect(told).toMatchObject({
        listed: 3,
        withoutToken: 'UNAUTHENTICATED',
        badInput: 'BAD_USER_INPUT',
        bought: BOUGHT,
        again: { ...BOUGHT, id: told.bought.id },
        declined: { __typename: 'PaymentDeclined' },
        afterExpiry: BOUGHT,
        atTheSameTime: BOUGHT,
        refreshed: true,
        afterLimit: 200,
      });
    },
    60_000,
  );

  it.each(['relayProductsQuery', 'relayBuyMutation'])('%s is compiled from what the page shows', (name) => {
    const compiled = readFileSync(
      join(import.meta.dirname, `clients/__generated__/${name}.graphql.js`),
      'utf8',
    );
    const text = JSON.parse(/"text": (".*")/.exec(compiled)![1]!) as string;
    const shown = parse(blocks().get('relay.graphql')!).definitions.map((definition) => print(definition));
    // The compiler asks for the id of every node besides, for its store.
    expect(shown).toContain(print(parse(text)).replace(/\n *\.{3} on Node \{[^}]*\}/, ''));
  });

  const browser = chromium();
  const inBrowser = browser === undefined ? it.skip : it;
  inBrowser(
    `works in two tabs of a page of another origin, when the token runs out in both (${browser ?? 'skipped: no Chromium here; install it or set CHROMIUM'})`,
    async () => {
      const customer = await newCustomer();
      const told = await tell<ToldByTabs[]>(
        'in-chromium.ts',
        await storyFor(customer, sku, folder, clients()),
      );
      expect(told.map(({ client }) => client)).toEqual(clients());
      for (const tabs of told) {
        expect(tabs).toMatchObject({
          listed: 3,
          keptTogether: true,
          bought: Array.from({ length: 6 }, () => BOUGHT),
        });
        expect(new Set(tabs.bought.map(({ id }) => id)).size).toBe(6);
      }
    },
    120_000,
  );
});
