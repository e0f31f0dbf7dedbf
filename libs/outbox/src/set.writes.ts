import { Logger } from '@nestjs/common';
import { Counter, register } from 'prom-client';
import { ALONE, currentContext, runInContext } from '@caravan/platform';
import { isAboutData, isContention } from './database.errors.ts';

/** An item that could not be written while its neighbours were. */
export interface SetAside<Item> {
  readonly item: Item;
  readonly error: unknown;
  /** Another transaction was in the way: trying later is right. Otherwise the item itself is refused. */
  readonly contended: boolean;
}

const METRIC = 'set_writes_refused_total';

const log = new Logger('Database');
let refused: Counter<'set'> | undefined;

/**
 * Writes a set of items at once. When the database refuses it for what is in it (SQLSTATE 22, 23, 54), or an item makes `write` throw,
 * the set is halved until the items to blame are alone; when another transaction is in the way, it is written item by item.
 * The others are written. A refused item raises an alarm: an error in the log and `set_writes_refused_total{set}`.
 * @param set names it in the log and the metric, such as `notifications.settle`
 * @param write writes all of the given items or none: one statement or one transaction. Called again with fewer items
 * @param nameOf what an item is called in the log
 * @returns the items that were not written
 * @throws what is about no item: the database is away, or does not know the statement. Some items may have been written
 */
export async function writeSet<Item>(
  set: string,
  items: readonly Item[],
  write: (items: readonly Item[]) => Promise<void>,
  nameOf: (item: Item) => string = () => 'an item',
): Promise<SetAside<Item>[]> {
  if (items.length === 0) return [];
  try {
    await write(items);
    return [];
  } catch (error) {
    const contended = isContention(error);
    if (!contended && !isAboutData(error)) throw error;
    if (items.length === 1) {
      const item = items[0]!;
      report(set, nameOf(item), error, contended);
      return [{ item, error, contended }];
    }
    const aside: SetAside<Item>[] = [];
    for (const part of contended ? items.map((item) => [item]) : halves(items))
      aside.push(...(await within(contended, () => writeSet(set, part, write, nameOf))));
    return aside;
  }
}

function report(set: string, name: string, error: unknown, contended: boolean): void {
  const reason = error instanceof Error ? error.message : String(error);
  if (contended) return log.warn(`${set}: ${name} is held by another transaction: ${reason}`);
  log.error(`${set}: ${name} is refused and set aside: ${reason}`);
  refused ??=
    (register.getSingleMetric(METRIC) as Counter<'set'> | undefined) ??
    new Counter({ name: METRIC, help: 'Items of set-based writes that were refused', labelNames: ['set'] });
  refused.inc({ set });
}

const within = <T>(contended: boolean, work: () => Promise<T>): Promise<T> =>
  contended ? runInContext({ ...currentContext(), limits: ALONE }, work) : work();

function halves<Item>(items: readonly Item[]): (readonly Item[])[] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
