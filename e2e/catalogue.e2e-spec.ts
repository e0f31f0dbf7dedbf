import { describe, expect, it } from '@jest/globals';
import { guest } from './client.ts';
import { everyProduct, type Product } from './shop.ts';

interface Page {
  products: {
    nodes: Product[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    totalCount: number;
  };
}

async function products(args: string): Promise<Page['products']> {
  const query = `{ products${args} {
    nodes { sku name category available price { amountMinor currency formatted } }
    pageInfo { hasNextPage endCursor } totalCount } }`;
  return (await guest().web<Page>(query)).products;
}

describe('The catalogue', () => {
  it('has some 200 products in 8 categories, in euros, for everybody', async () => {
    const all = await everyProduct();
    expect(all.length).toBeGreaterThanOrEqual(180);
    expect(all.length).toBeLessThanOrEqual(220);
    expect(new Set(all.map(({ category }) => category)).size).toBe(8);
    expect(new Set(all.map(({ sku }) => sku)).size).toBe(all.length);
    expect(new Set(all.map(({ price }) => price.currency))).toEqual(new Set(['EUR']));
    for (const { price } of all) {
      expect(price.amountMinor).toBeGreaterThan(0);
      const euros = (price.amountMinor / 100).toLocaleString('en-IE', { minimumFractionDigits: 2 });
      expect(price.formatted).toBe(`€${euros}`);
    }
  });

  it('comes in pages of 20, or of as many as one asks for, none twice, none left out', async () => {
    const all = await everyProduct();
    const first = await products('');
    expect(first.nodes.map(({ sku }) => sku)).toEqual(all.slice(0, 20).map(({ sku }) => sku));
    expect(first).toMatchObject({ totalCount: all.length, pageInfo: { hasNextPage: true } });
    const seen: string[] = [];
    let after = '';
    for (let more = true; more;) {
      const page = await products(`(first: 37${after})`);
      seen.push(...page.nodes.map(({ sku }) => sku));
      expect(page.totalCount).toBe(all.length);
      more = page.pageInfo.hasNextPage;
      after = `, after: "${page.pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(all.map(({ sku }) => sku));
    expect((await products('(first: 1)')).nodes).toHaveLength(1);
    expect(await products('(first: 100)')).toMatchObject({ pageInfo: { hasNextPage: true } });
  });

  it('refuses a page size or a cursor that cannot be meant', async () => {
    for (const args of ['(first: 0)', '(first: -1)', '(first: 101)', '(after: "nonsense")']) {
      const { body } = await guest().askWeb(`{ products${args} { totalCount } }`);
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('is narrowed to a category', async () => {
    const all = await everyProduct();
    const category = all[0]!.category;
    const expected = all.filter((product) => product.category === category);
    const found = await products(`(first: 100, category: ${JSON.stringify(category)})`);
    expect(found.nodes.map(({ sku }) => sku)).toEqual(expected.map(({ sku }) => sku));
    expect(found.totalCount).toBe(expected.length);
    expect((await products('(category: "No such category")')).totalCount).toBe(0);
  });

  it('is searched by words of names, whatever their case, also within a category', async () => {
    const [wanted] = await everyProduct();
    const word = wanted!.name.split(/[ ,]/)[0]!.toUpperCase();
    const found = await products(`(first: 100, search: ${JSON.stringify(word)})`);
    expect(found.nodes.map(({ sku }) => sku)).toContain(wanted!.sku);
    const within = `(first: 100, search: ${JSON.stringify(word)}, category: ${JSON.stringify(wanted!.category)})`;
    const narrowed = await products(within);
    expect(narrowed.nodes.map(({ sku }) => sku)).toContain(wanted!.sku);
    expect(narrowed.nodes.every(({ category }) => category === wanted!.category)).toBe(true);
    for (const nothing of ['qwertzuiop', '%', '_'])
      expect((await products(`(search: "${nothing}")`)).nodes).toEqual([]);
  });

  it('knows each product by its sku, and none that is not there', async () => {
    const [product] = await everyProduct();
    const query = 'query ($sku: ID!) { product(sku: $sku) { sku name } }';
    const { sku, name } = product!;
    expect(await guest().web(query, { sku })).toEqual({ product: { sku, name } });
    expect(await guest().web(query, { sku: 'no-such-thing' })).toEqual({ product: null });
  });

  it('shows a picture of every product on a page', async () => {
    const { products: page } = await guest().web<{ products: { nodes: { imageUrl: string }[] } }>(
      '{ products(first: 5) { nodes { imageUrl } } }',
    );
    for (const { imageUrl } of page.nodes) {
      const picture = await guest().get<string>(new URL(imageUrl, 'http://x').pathname);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^image\/svg\+xml/),
      ]);
    }
  });
});
