import type { PageInfo } from './pages.types.ts';

export interface Page<T> {
  readonly nodes: T[];
  readonly edges: { node: T; cursor: string }[];
  readonly pageInfo: PageInfo;
}

/**
 * A connection: the same nodes bare and with their cursors.
 * @param after the cursor that the page was asked for with; before it there was at least one more
 */
export function toPage<T>(
  nodes: T[],
  cursorOf: (node: T) => string,
  hasNextPage: boolean,
  after: string | null | undefined,
): Page<T> {
  const first = nodes[0];
  const last = nodes.at(-1);
  return {
    nodes,
    // Most clients take the bare nodes; the cursors are made for those who look.
    get edges() {
      return nodes.map((node) => ({ node, cursor: cursorOf(node) }));
    },
    pageInfo: {
      hasNextPage,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    },
  };
}
