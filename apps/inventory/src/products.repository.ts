import { Injectable } from '@nestjs/common';
import { type DataOf, invalid, type ListProducts, type Product, type ReplyOf } from '@caravan/contracts';
import { translated, type Tx } from '@caravan/outbox';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

type Question = DataOf<typeof ListProducts>;
type Page = ReplyOf<typeof ListProducts>;

interface ProductRow {
  sku: string | null;
  name: string;
  description: string;
  category: string;
  price_minor: number;
  currency: string;
  on_hand: number;
}

interface PageRow extends ProductRow {
  total: number;
  known: boolean;
}

const COLUMNS = 'p.sku, p.name, p.description, p.category, p.price_minor, p.currency, s.on_hand';
const BY_SKUS = `SELECT ${COLUMNS} FROM product p JOIN stock s USING (sku) WHERE p.sku = ANY ($1::text[])`;

/** Reads of the catalogue, prepared once per connection: they are most of what the shop is asked. */
@Injectable()
export class ProductsRepository {
  constructor(private readonly database: DataSource) {}

  /** @param tx reads within this transaction */
  async bySkus(skus: string[], tx?: Tx): Promise<Product[]> {
    // PostgreSQL has no NUL in a text: such a sku exists nowhere, and must not spoil the others' answer.
    const wanted = skus.filter((sku) => !sku.includes('\0'));
    if (wanted.length === 0) return [];
    const rows = tx
      ? await tx.query<ProductRow>(BY_SKUS, [wanted])
      : await this.read<ProductRow>('products-by-skus', BY_SKUS, [wanted]);
    return rows.flatMap(productOf);
  }

  async categories(): Promise<string[]> {
    const rows = await this.read<{ category: string }>(
      'categories',
      'SELECT DISTINCT category FROM product ORDER BY category',
      [],
    );
    return rows.map(({ category }) => category);
  }

  /**
   * A page in the order of names. Every word of the search has to occur in name, description or category.
   * Letter case does not count.
   * @throws Failure caravan.invalid for a cursor that no page has given out
   */
  async page({ first, after, search, category }: Question): Promise<Page> {
    const words = (search?.replaceAll('\0', ' ').trim() || undefined)?.split(/\s+/);
    const values: unknown[] = [first + 1];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const filter = ['true'];
    if (category !== undefined)
      filter.push(`lower(p.category) = lower(${bind(category.replaceAll('\0', ' '))}::text)`);
    if (words)
      filter.push(
        `(p.name || ' ' || p.description || ' ' || p.category) ILIKE ALL (${bind(words.map(like))}::text[])`,
      );
    const start = [...filter];
    let known = 'true';
    if (after !== undefined) {
      const last = `${bind(Buffer.from(after, 'base64url').toString().replaceAll('\0', ' '))}::text`;
      known = `EXISTS (SELECT FROM product WHERE sku = ${last})`;
      start.push(`(p.name, p.sku) > ((SELECT name FROM product WHERE sku = ${last}), ${last})`);
    }
    const rows = await this.read<PageRow>(
      `page-${category === undefined ? '' : 'category'}-${words ? 'search' : ''}-${after === undefined ? '' : 'after'}`,
      `SELECT counted.*, page.* FROM
         (SELECT count(*)::int AS total, ${known} AS known FROM product p WHERE ${filter.join(' AND ')}) counted
         LEFT JOIN LATERAL (
           SELECT ${COLUMNS} FROM product p JOIN stock s USING (sku)
           WHERE ${start.join(' AND ')}
           ORDER BY p.name, p.sku LIMIT $1
         ) page ON true
       ORDER BY page.name, page.sku`,
      values,
    );
    if (!rows[0]?.known) throw invalid('This page cursor is not one that was given out.');
    const products = rows.flatMap(productOf);
    return {
      products: products.slice(0, first),
      hasNextPage: products.length > first,
      totalCount: rows[0].total,
    };
  }

  /** Writes products that are not there yet, each with its first stock; safe to do by many at once. */
  async addMissing(products: readonly Omit<Product, 'imageUrl'>[]): Promise<void> {
    await this.database.query(
      `WITH new AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS new
           (sku text, name text, description text, category text, "priceMinor" int, currency text, available int)
       ), added AS (
         INSERT INTO product (sku, name, description, category, price_minor, currency)
         SELECT sku, name, description, category, "priceMinor", currency FROM new ORDER BY sku
         ON CONFLICT (sku) DO NOTHING
         RETURNING sku
       )
       INSERT INTO stock (sku, on_hand, received)
       SELECT sku, available, available FROM new JOIN added USING (sku) ORDER BY sku`,
      [JSON.stringify(products)],
    );
  }

  /** Past TypeORM to its pool: only there a statement can have a name, and is planned once per connection. */
  private async read<Row extends object>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    const { master } = this.database.driver as unknown as { master: Pool };
    try {
      return (await master.query<Row>({ name, text, values })).rows;
    } catch (error) {
      throw translated(error);
    }
  }
}

function productOf(row: ProductRow): Product[] {
  if (row.sku === null) return [];
  return [
    {
      sku: row.sku,
      name: row.name,
      description: row.description,
      category: row.category,
      imageUrl: `/images/${encodeURIComponent(row.sku)}.svg`,
      priceMinor: row.price_minor,
      currency: row.currency,
      available: row.on_hand,
    },
  ];
}

const like = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`;
