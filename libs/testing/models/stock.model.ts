import { participant, type React } from '@caravan/saga/testing';
import { InventoryFailure } from '@caravan/contracts';

/** What inventory does with one order; apps/inventory/test/model.spec.ts compares it with the service. */
export interface StockState {
  readonly is: 'none' | 'HELD' | 'SOLD' | 'RELEASED' | 'REFUSED';
  /** How often the order's pieces went back to the shelf. */
  readonly returned: number;
}

const outOfStock = { code: InventoryFailure.outOfStock, message: '' };
const alreadyReleased = { code: InventoryFailure.alreadyReleased, message: '' };

/** Holds all lines or refuses for good; an order that was answered before is answered the same. */
export const reserve: React<StockState> = (state) => {
  switch (state.is) {
    case 'none':
      return [
        { state: { ...state, is: 'HELD' }, answer: 'ok' },
        { state: { ...state, is: 'REFUSED' }, answer: outOfStock },
      ];
    case 'REFUSED':
      return [{ state, answer: outOfStock }];
    case 'RELEASED':
      return [{ state, answer: alreadyReleased }];
    default:
      return [{ state, answer: 'ok' }];
  }
};

/** Gives back what is held or sold. An order that holds nothing can hold nothing later. */
export const release: React<StockState> = (state) => {
  const { is, returned } = state;
  if (is === 'none') return [{ state: { is: 'RELEASED', returned }, answer: 'ok' }];
  if (is === 'HELD' || is === 'SOLD')
    return [{ state: { is: 'RELEASED', returned: returned + 1 }, answer: 'ok' }];
  return [{ state, answer: 'ok' }];
};

/** What is held leaves the shop. */
export const sell: React<StockState> = (state) => [
  { state: state.is === 'HELD' ? { ...state, is: 'SOLD' } : state },
];

export const noStock: StockState = { is: 'none', returned: 0 };
export const stock = participant<StockState, 'reserve' | 'release' | 'sell' | 'giveBack'>(
  'inventory',
  noStock,
  {
    reserve,
    release,
    sell,
    giveBack: (state) => release(state).map((reaction) => ({ state: reaction.state })),
  },
);
