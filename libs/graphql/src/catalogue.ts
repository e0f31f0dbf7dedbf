import type { DataOf, ListProducts } from '@caravan/contracts';
import { decodeCursor, pageSize, searchText } from './cursor.ts';

/** Products on a page when the client does not say how many. */
export const PRODUCTS_PAGE = 20;

/** Arguments of `products`, as clients of either API give them. */
export interface CatalogueArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly search?: string | null;
  readonly category?: string | null;
}

/**
 * What the catalogue is asked for a page of products.
 * @throws Failure that says BAD_USER_INPUT for a page size, cursor or text that cannot be meant
 */
export function catalogueQuestion(args: CatalogueArgs): DataOf<typeof ListProducts> {
  decodeCursor(args.after);
  return {
    first: pageSize(args.first, PRODUCTS_PAGE),
    after: args.after ?? undefined,
    search: searchText('search', args.search, 200),
    category: searchText('category', args.category, 100),
  };
}
