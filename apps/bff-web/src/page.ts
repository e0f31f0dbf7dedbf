import type { PageInfo } from './pages.types.ts';

export interface Page<T> {
  readonly nodes: T[];
  readonly edges: { node: T; cursor: string }[];
  readonly pageInfo: PageInfo;
}

/** A connection: the same nodes bare and with their cursors. */
export function toPage<T>(nodes: T[], cursorOf: (node: T) => string, hasNextPage: boolean): Page<T> {
  const last = nodes.at(-1);
  return {
    nodes,
    // Most clients take the bare nodes; the cursors are made for those who look.
    get edges() {
      return nodes.map((node) => ({ node, cursor: cursorOf(node) }));
    },
    pageInfo: { hasNextPage, endCursor: last ? cursorOf(last) : null },
  };
}
