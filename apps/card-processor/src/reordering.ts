/** Deliveries that wait until another one of the same payment went out; one a payment at most. */
export class Reordering<T> {
  private readonly held = new Map<string, T>();

  /** False: another one of this payment waits already, so this one goes out and ends that wait. */
  hold(payment: string, delivery: T): boolean {
    if (this.held.has(payment)) return false;
    this.held.set(payment, delivery);
    return true;
  }

  release(payment: string): T | undefined {
    const delivery = this.held.get(payment);
    if (delivery !== undefined) this.held.delete(payment);
    return delivery;
  }

  clear(): void {
    this.held.clear();
  }
}
