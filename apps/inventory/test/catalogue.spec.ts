import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  type DataOf,
  GetPicture,
  GetProducts,
  ListCategories,
  ListProducts,
  Restock,
} from '@caravan/contracts';
import { RestockKeysService } from '../src/restock-keys.service.ts';
import { Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop?.close());

const list = (question: { first: number; after?: string; search?: string; category?: string }) =>
  shop.inventory.ask(ListProducts, question);
const cursorOf = (sku: string) => Buffer.from(sku).toString('base64url');

describe('the list of products', () => {
  it('pages through everything once, by name', async () => {
    const skus: string[] = [];
    for (let after: string | undefined, more = true; more; after = cursorOf(skus.at(-1) ?? '')) {
      const page = await list({ first: 17, after });
      skus.push(...page.products.map(({ sku }) => sku));
      more = page.hasNextPage;
      expect(page.totalCount).toBe(206);
    }
    expect(skus.length).toBe(206);
    expect(new Set(skus).size).toBe(206);
    const inOrder = await shop.rows<{ sku: string }>('SELECT sku FROM product ORDER BY name, sku');
    expect(skus).toEqual(inOrder.map(({ sku }) => sku));
  });

  it('finds a category whatever the letter case, and lists the categories', async () => {
    const { categories } = await shop.inventory.ask(ListCategories, {});
    expect(categories).toHaveLength(8);
    const [category] = categories;
    const exact = await list({ first: 100, category: category! });
    expect(exact.totalCount).toBeGreaterThan(0);
    expect(await list({ first: 100, category: category!.toUpperCase() })).toEqual(exact);
  });

  it('finds by words, wherever they stand, within a category', async () => {
    const { products, totalCount } = await list({
      first: 3,
      search: ' STONEWARE  mug ',
      category: 'Kitchen',
    });
    expect(totalCount).toBe(4);
    expect(products.map(({ name }) => name)).toEqual([
      'Stoneware Mug, Moss',
      'Stoneware Mug, Oat',
      'Stoneware Mug, Slate',
    ]);
    const rest = await list({ first: 3, search: 'stoneware mug', after: cursorOf('KIT-MUG-SLAT') });
    expect(rest).toMatchObject({ products: [{ sku: 'KIT-MUG-TERR' }], hasNextPage: false, totalCount: 4 });
  });

  it('takes search words literally', async () => {
    for (const search of ['%', '_', '\\', "'", '\0x', '100%_']) {
      const found = await list({ first: 100, search });
      const word = search.replaceAll('\0', '');
      const expected = found.products.every(({ name, description }) => (name + description).includes(word));
      expect(expected).toBe(true);
    }
  });

  it('answers what is not there with an empty page, and a made-up cursor with a refusal', async () => {
    expect(await list({ first: 5, category: 'Yachts' })).toEqual({
      products: [],
      hasNextPage: false,
      totalCount: 0,
    });
    await expect(list({ first: 5, after: 'bm9wZQ' })).rejects.toMatchObject({ code: 'caravan.invalid' });
  });
});

describe('products', () => {
  it('are looked up together, unknown ones left out', async () => {
    const lists = [['KIT-MUG-OAT', 'nothing'], ['KIT-BOWL-INK', 'KIT-MUG-OAT', 'KIT-MUG-OAT'], ['\0'], []];
    const answers = await Promise.all(lists.map((skus) => shop.inventory.ask(GetProducts, { skus })));
    expect(answers.map(({ products }) => products.map(({ sku }) => sku))).toEqual([
      ['KIT-MUG-OAT'],
      ['KIT-BOWL-INK', 'KIT-MUG-OAT'],
      [],
      [],
    ]);
    expect(answers[0]?.products[0]).toMatchObject({
      name: 'Stoneware Mug, Oat',
      category: 'Kitchen',
      priceMinor: 1490,
      currency: 'EUR',
      imageUrl: '/images/KIT-MUG-OAT.svg',
    });
  });

  it('have a picture', async () => {
    const { svg } = await shop.inventory.ask(GetPicture, { sku: 'KIT-MUG-OAT' });
    expect(svg).toMatch(/^<svg .*<title>Stoneware Mug, Oat<\/title>.*<\/svg>$/);
    await expect(shop.inventory.ask(GetPicture, { sku: 'nothing' })).rejects.toMatchObject({
      code: 'inventory.unknown-sku',
    });
  });
});

describe('restocking with a key', () => {
  const staffId = randomUUID();
  const keyed = (change: Partial<DataOf<typeof Restock>> = {}) =>
    shop.inventory.ask(Restock, { sku: 'KIT-MUG-OAT', quantity: 5, staffId, idempotencyKey: 'k', ...change });

  it('has one effect and the same answer, however often and however many at once', async () => {
    const { received } = await shop.pieces('KIT-MUG-OAT');
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed()));
    await shop.inventory.ask(Restock, { sku: 'KIT-MUG-OAT', quantity: 1 });
    answers.push(await keyed());
    expect(new Set(answers.map(({ available }) => available)).size).toBe(1);
    expect((await shop.pieces('KIT-MUG-OAT')).received).toBe(received + 6);
  });

  it('refuses the key for anything else, and knows it per member of staff', async () => {
    await expect(keyed({ quantity: 6 })).rejects.toMatchObject({ code: 'inventory.restock-conflict' });
    await expect(keyed({ sku: 'KIT-MUG-MOSS' })).rejects.toMatchObject({
      code: 'inventory.restock-conflict',
    });
    const { received } = await shop.pieces('KIT-MUG-OAT');
    await keyed({ staffId: randomUUID() });
    expect((await shop.pieces('KIT-MUG-OAT')).received).toBe(received + 5);
  });

  it('leaves the key free when nothing was done', async () => {
    await expect(keyed({ idempotencyKey: 'free', sku: 'nothing' })).rejects.toMatchObject({
      code: 'inventory.unknown-sku',
    });
    expect(await keyed({ idempotencyKey: 'free' })).toMatchObject({ sku: 'KIT-MUG-OAT' });
  });

  it('forgets keys after seven days', async () => {
    await keyed({ idempotencyKey: 'old' });
    await keyed({ idempotencyKey: 'young' });
    await shop.rows(`UPDATE restock_key SET created_at = now() - interval '7 days 1 s' WHERE key = 'old'`);
    await shop.rows(`UPDATE restock_key SET created_at = now() - interval '6 days' WHERE key = 'young'`);
    await shop.inventory.service.app.get(RestockKeysService, { strict: false }).forget();
    const kept = await shop.rows(`SELECT key FROM restock_key WHERE key IN ('old', 'young')`);
    expect(kept).toEqual([{ key: 'young' }]);
  });
});

describe('restocking', () => {
  it('adds pieces, however many do it at once', async () => {
    const before = await shop.pieces('KIT-MUG-OAT');
    await Promise.all(
      Array.from({ length: 20 }, () => shop.inventory.ask(Restock, { sku: 'KIT-MUG-OAT', quantity: 5 })),
    );
    const { received, on_hand } = await shop.pieces('KIT-MUG-OAT');
    expect({ received, on_hand }).toEqual({ received: before.received + 100, on_hand: before.on_hand + 100 });
  });

  it('refuses unknown products and more than the counters hold', async () => {
    const restock = (sku: string) => shop.inventory.ask(Restock, { sku, quantity: 1_000_000 });
    await expect(restock('nothing')).rejects.toMatchObject({ code: 'inventory.unknown-sku' });
    await shop.put('KIT-MUG-MOSS', 999_500_000);
    await expect(restock('KIT-MUG-MOSS')).rejects.toMatchObject({ code: 'inventory.too-much-stock' });
    expect((await shop.pieces('KIT-MUG-MOSS')).received).toBe(999_500_000);
  });
});

it('adds nothing twice when it starts again', async () => {
  const before = await shop.rows('SELECT * FROM product JOIN stock USING (sku) ORDER BY sku');
  const replicas = await Promise.all([shop.replica(), shop.replica()]);
  await Promise.all(replicas.map((replica) => replica.stop()));
  expect(await shop.rows('SELECT * FROM product JOIN stock USING (sku) ORDER BY sku')).toEqual(before);
});
