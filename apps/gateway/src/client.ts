import { admits, reach } from './share.ts';

/** What one client has at the moment: an address, or a /64 of them. */
export class Client<Connection = unknown> {
  readonly connections = new Set<Connection>();
  /** Bytes of bodies that are being read or worked on. */
  bodyBytes = 0;
  inFlight = 0;
  /** Its requests in flight by customer; those without a token under ''. */
  private readonly byCustomer = new Map<string, number>();

  constructor(readonly key: string) {}

  get isIdle(): boolean {
    return this.connections.size === 0 && this.inFlight === 0 && this.bodyBytes === 0;
  }

  /** Whether the share of this client, and of this customer within it, has room for another request in flight. */
  admits(customer: string, used: number, capacity: number): boolean {
    if (capacity === 0) return true;
    if (!admits(this.inFlight, used, capacity)) return false;
    const own = reach(this.inFlight, used, capacity);
    return admits(this.byCustomer.get(customer) ?? 0, this.inFlight, own);
  }

  enter(customer: string): void {
    this.inFlight++;
    add(this.byCustomer, customer, 1);
  }

  leave(customer: string): void {
    this.inFlight--;
    add(this.byCustomer, customer, -1);
  }
}

/** Counts, and forgets who has nothing left. */
export function add(counts: Map<string, number>, key: string, more: number): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
