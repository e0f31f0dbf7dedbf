import { Failure, type FailureData, type Line } from '@caravan/contracts';
import { alreadyReleased, outOfStock } from './stock.errors.ts';
import type { Shelf } from './stock.ts';

export type ReservationState = 'HELD' | 'SOLD' | 'RELEASED' | 'REFUSED';

/**
 * What one order holds of the stock: all its lines in one state.
 *
 *     (new) → HELD → SOLD → RELEASED        (new) → REFUSED        (new) → RELEASED
 *               └──────────────┘
 *
 * RELEASED and REFUSED are final: such an order holds nothing and can hold nothing later.
 */
export class Reservation {
  constructor(
    readonly orderId: string,
    public state: ReservationState,
    readonly lines: Line[],
    /** Why it was refused, to answer the same when asked again. */
    public refusal: FailureData | null = null,
  ) {}

  /** What the order asks for, the same sku merged. */
  static asked(orderId: string, lines: readonly Line[]): Reservation {
    const merged = new Map<string, number>();
    for (const { sku, quantity } of lines) merged.set(sku, (merged.get(sku) ?? 0) + quantity);
    return new Reservation(
      orderId,
      'HELD',
      Array.from(merged, ([sku, quantity]) => ({ sku, quantity })),
    );
  }

  /** Takes everything from the shelf, or nothing and is refused. Only for a new reservation. */
  hold(shelf: Shelf): boolean {
    const missing = shelf.reserve(this.lines);
    if (missing.length === 0) return true;
    this.state = 'REFUSED';
    this.refusal = outOfStock(missing).toData();
    return false;
  }

  /** The pieces leave the shop; no effect unless they are held. Tells whether it had one. */
  sell(shelf: Shelf): boolean {
    if (this.state !== 'HELD') return false;
    shelf.sell(this.lines);
    this.state = 'SOLD';
    return true;
  }

  /** Everything goes back to the shelf, held or sold; no effect when nothing is. Tells whether it had one. */
  release(shelf: Shelf): boolean {
    if (this.state === 'HELD') shelf.release(this.lines);
    else if (this.state === 'SOLD') shelf.takeBack(this.lines);
    else return false;
    this.state = 'RELEASED';
    return true;
  }

  /** How a request to reserve is answered, however often it comes: a failure, or null for done. */
  answer(): Failure | null {
    if (this.state === 'REFUSED' && this.refusal) return Failure.from(this.refusal);
    return this.state === 'RELEASED' ? alreadyReleased() : null;
  }
}
