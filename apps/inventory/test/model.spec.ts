import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { OrderConfirmed, OrderRejected, ReleaseStock, ReserveStock } from '@caravan/contracts';
import { compareWithModel, historiesOf, playAll, type Told } from '@caravan/testing';
import { stock, type StockState } from '@caravan/testing/models';
import type { React } from '@caravan/saga/testing';
import { newsOf, Shop } from './shop.ts';

type Verb = 'reserve' | 'release' | 'sell' | 'giveBack';
interface History {
  /** Whether the shelf has as much as the order asks for. */
  readonly enough: boolean;
  /** The messages of a group are sent at the same time. */
  readonly groups: readonly (readonly Verb[])[];
}

const VERBS: readonly Verb[] = ['reserve', 'release', 'sell', 'giveBack'];
const PIECES = 5;

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop?.close());

async function newSku(): Promise<string> {
  const sku = `MODEL-${randomUUID()}`;
  await shop.rows(
    `INSERT INTO product (sku, name, description, category, price_minor, currency) VALUES ($1, '', '', '', 100, 'EUR')`,
    [sku],
  );
  await shop.rows('INSERT INTO stock (sku, on_hand, received) VALUES ($1, $2, $2)', [sku, PIECES]);
  return sku;
}

/** The model, with the choice that the shelf decides. */
const reserveWhen =
  (enough: boolean): React<StockState> =>
  (state) =>
    stock.reserve
      .react(state)
      .filter((reaction) => state.is !== 'none' || (reaction.answer === 'ok') === enough);

async function play({ enough, groups }: History): Promise<void> {
  const [orderId, sku] = [randomUUID(), await newSku()];
  const quantity = enough ? PIECES : PIECES + 1;
  const told: Record<Verb, Omit<Told<StockState>, 'name'>> = {
    reserve: {
      contract: ReserveStock,
      data: { orderId, lines: [{ sku, quantity }] },
      react: reserveWhen(enough),
    },
    release: { contract: ReleaseStock, data: { orderId }, react: stock.release.react },
    sell: { contract: OrderConfirmed, data: newsOf(orderId), react: stock.sell.react },
    giveBack: {
      contract: OrderRejected,
      data: { ...newsOf(orderId), reason: { code: 'x', message: '' } },
      react: stock.giveBack.react,
    },
  };
  const messages = groups.map((group) => group.map((name) => ({ name, ...told[name] })));
  await compareWithModel<StockState>(shop.inventory, { is: 'none', returned: 0 }, messages, async () => {
    const [reservation] = await shop.rows<{ state: string }>(
      'SELECT state FROM reservation WHERE order_id = $1',
      [orderId],
    );
    const { on_hand, reserved, sold } = await shop.pieces(sku);
    const shelf = [on_hand, reserved, sold].join(' ');
    return {
      text: `${reservation?.state ?? 'none'}; ${on_hand} on hand, ${reserved} reserved, ${sold} sold of ${PIECES}`,
      is: (state) => (reservation?.state ?? 'none') === state.is && shelf === shelfOf(state, quantity),
    };
  });
}

function shelfOf({ is }: StockState, quantity: number): string {
  const [held, sold] = [is === 'HELD' ? quantity : 0, is === 'SOLD' ? quantity : 0];
  return [PIECES - held - sold, held, sold].join(' ');
}

describe('inventory does as its model in every saga of one order', () => {
  it('in every history of three messages, one after the other', async () => {
    const histories = historiesOf(VERBS, 3).flatMap((verbs) =>
      [true, false].map((enough) => ({ enough, groups: verbs.map((verb) => [verb]) })),
    );
    expect(histories).toHaveLength(168);
    await playAll(histories, 24, play);
  });

  it('in random histories of messages that arrive at the same time', async () => {
    const group = fc.array(fc.constantFrom(...VERBS), { minLength: 1, maxLength: 3 });
    const history = fc.record({
      enough: fc.boolean(),
      groups: fc.array(group, { minLength: 1, maxLength: 4 }),
    });
    const histories = fc.array(history, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(histories, (all) => playAll(all, all.length, play)),
      {
        numRuns: 20,
        interruptAfterTimeLimit: 60_000,
      },
    );
  });
});
