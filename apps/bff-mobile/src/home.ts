import type { Customer, Order } from '@caravan/contracts';
import { messages } from './messages.ts';

const LATEST = 3;

/** @param customer absent for guests, and while users is away */
export function greetingFor(customer: Pick<Customer, 'name'> | null): string {
  const name = customer?.name.trim();
  return name ? messages().greeting(name) : messages().welcome;
}

/** Those that are not settled; when all are, the latest few. @param orders newest first */
export function activeOf(orders: readonly Order[]): Order[] {
  const open = orders.filter(({ status }) => status === 'PENDING' || status === 'NEEDS_ATTENTION');
  return open.length > 0 ? open : orders.slice(0, LATEST);
}

/** A part of the screen and whether it had to be left empty. */
export interface Part<T> {
  readonly value: T;
  readonly missing: boolean;
}

/** Parts of a screen, each begun when it is first asked for. */
export class Parts<Shape extends object> {
  private readonly begun = new Map<keyof Shape, Promise<Part<unknown>>>();

  /** @param empty what stands for a part that cannot be had */
  constructor(
    private readonly make: { [K in keyof Shape]: () => Promise<Shape[K]> },
    private readonly empty: Shape,
    /** Tells what may be missing; anything else is a fault and fails the part. */
    private readonly forgives: (error: unknown) => boolean,
  ) {}

  async get<K extends keyof Shape>(name: K): Promise<Shape[K]> {
    return (await this.part(name)).value;
  }

  /** The names of the parts that had to be left empty. */
  async missing(): Promise<string[]> {
    const names = Object.keys(this.make) as (keyof Shape & string)[];
    const parts = await Promise.all(names.map((name) => this.part(name)));
    return names.filter((_, index) => parts[index]?.missing);
  }

  private part<K extends keyof Shape>(name: K): Promise<Part<Shape[K]>> {
    const begun = this.begun.get(name) ?? this.begin(name);
    this.begun.set(name, begun);
    return begun as Promise<Part<Shape[K]>>;
  }

  private async begin<K extends keyof Shape>(name: K): Promise<Part<Shape[K]>> {
    try {
      return { value: await this.make[name](), missing: false };
    } catch (error) {
      if (!this.forgives(error)) throw error;
      return { value: this.empty[name], missing: true };
    }
  }
}
