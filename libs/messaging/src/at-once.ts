/** Items that are tried alone at one time, so that several held rows cost little more than one. Leaves connections for other work. */
export const ALONE_AT_ONCE = 3;

/**
 * Does `work` for each item, at most `width` at one time.
 * @returns the results in order. @throws the first error, after everything that was begun has ended
 */
export async function atOnce<Item, Result>(
  width: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return results;
}
