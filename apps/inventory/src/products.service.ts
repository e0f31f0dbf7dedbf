import { Injectable } from '@nestjs/common';
import type { DataOf, GetPicture, ListProducts, Product, ReplyOf } from '@caravan/contracts';
import { drawPicture } from './picture.ts';
import { ProductsRepository } from './products.repository.ts';
import { unknownSku } from './stock.errors.ts';

type Page = ReplyOf<typeof ListProducts>;

/** The catalogue as customers see it. */
@Injectable()
export class ProductsService {
  constructor(private readonly products: ProductsRepository) {}

  /** A page for each question; equal questions of a batch are asked once. */
  list(questions: DataOf<typeof ListProducts>[]): Promise<Page>[] {
    const pages = new Map<string, Promise<Page>>();
    return questions.map((question) => {
      const { first, after, search, category } = question;
      const key = JSON.stringify([first, after, search, category]);
      const page = pages.get(key) ?? this.products.page(question);
      pages.set(key, page);
      return page;
    });
  }

  async categories(): Promise<{ categories: string[] }> {
    return { categories: await this.products.categories() };
  }

  /** The products of each list of skus, in its order, from one look at the database; unknown skus are left out. */
  async get(lists: string[][]): Promise<{ products: Product[] }[]> {
    const products = await this.products.bySkus([...new Set(lists.flat())]);
    const bySku = new Map(products.map((product) => [product.sku, product]));
    return lists.map((skus) => ({
      products: [...new Set(skus)].flatMap((sku) => bySku.get(sku) ?? []),
    }));
  }

  /** @throws Failure unknownSku */
  async picture(sku: string): Promise<ReplyOf<typeof GetPicture>> {
    const [product] = await this.products.bySkus([sku]);
    if (!product) throw unknownSku(sku);
    return { svg: drawPicture(product) };
  }
}
