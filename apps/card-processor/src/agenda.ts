import type { Entry } from './outcome.ts';

/** Something that happens at a time without a call. */
export interface Item {
  readonly kind: 'hold-ends' | 'refund-turns' | 'dispute';
  /** Of the payment intent, or of the refund. */
  readonly id: string;
  /** Unix seconds. */
  readonly at: number;
}

/** What is still to happen, derived from the books alone, so that a restart knows it again. */
export class Agenda {
  private readonly items = new Map<string, Item>();

  /** Takes in the newest versions of an entry's objects. */
  note({ intent, refund }: Entry): void {
    if (intent) {
      const hold = intent.status === 'requires_capture' ? intent.holdEnds : undefined;
      this.set('hold-ends', intent.id, hold);
      this.set('dispute', intent.id, intent.disputeAt);
    }
    if (refund) this.set('refund-turns', refund.id, refund.turn?.at);
  }

  /** What is due at this time, oldest first. */
  due(seconds: number): Item[] {
    return [...this.items.values()].filter(({ at }) => at <= seconds).sort((a, b) => a.at - b.at);
  }

  clear(): void {
    this.items.clear();
  }

  private set(kind: Item['kind'], id: string, at: number | undefined): void {
    const name = `${kind} ${id}`;
    if (at === undefined) this.items.delete(name);
    else this.items.set(name, { kind, id, at });
  }
}
