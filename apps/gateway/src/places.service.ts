import { Inject, Injectable } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import { add } from './client.ts';
import type { GatewayEnv } from './gateway.env.ts';
import { admits, fits } from './share.ts';
import type { Visit } from './visit.ts';

/**
 * What the requests of all clients share: places behind the gateway and memory for bodies. Each client has a share of either, and
 * of the places each customer too, at each address and over all; the largest holder is refused first.
 */
@Injectable()
export class PlacesService {
  private inFlight = 0;
  private bodyBytes = 0;
  private readonly byCustomer = new Map<string, number>();

  constructor(@Inject(ENV) private readonly env: GatewayEnv) {}

  /** Keeps memory free for a body. @returns false when the client has its share already */
  takeBytes(visit: Visit, bytes: number): boolean {
    const { client } = visit;
    const capacity = this.env.MAX_BODY_BYTES;
    if (!admits(client.bodyBytes, this.bodyBytes, capacity)) return false;
    if (!fits(bytes, this.bodyBytes, capacity)) return false;
    visit.bodyBytes = bytes;
    client.bodyBytes += bytes;
    this.bodyBytes += bytes;
    return true;
  }

  /** Whether a request of this client would be refused for any customer: its body need not be read. */
  hasRoom({ client }: Visit): boolean {
    return admits(client.inFlight, this.inFlight, this.env.MAX_IN_FLIGHT);
  }

  /** Takes a place for a request that is wholly there. @returns false when the client or the customer has its share already */
  take(visit: Visit, customer: string): boolean {
    const { client } = visit;
    const capacity = this.env.MAX_IN_FLIGHT;
    if (!client.admits(customer, this.inFlight, capacity)) return false;
    if (customer !== '' && !admits(this.byCustomer.get(customer) ?? 0, this.inFlight, capacity)) return false;
    visit.customer = customer;
    this.inFlight++;
    client.enter(customer);
    if (customer !== '') add(this.byCustomer, customer, 1);
    return true;
  }

  /** Gives back all that the request had. */
  leave({ client, customer, bodyBytes }: Visit): void {
    client.bodyBytes -= bodyBytes;
    this.bodyBytes -= bodyBytes;
    if (customer === undefined) return;
    this.inFlight--;
    client.leave(customer);
    if (customer !== '') add(this.byCustomer, customer, -1);
  }
}
