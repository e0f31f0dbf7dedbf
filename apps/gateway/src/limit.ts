import type { Failure } from '@caravan/contracts';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from './gateway.errors.ts';

export interface Policy {
  readonly name: string;
  /** Requests per window; 0 is no limit. */
  readonly quota: number;
  readonly windowSeconds: number;
}

interface Lease {
  left: number;
  /** By `performance.now()`; until then the lease, or the refusal, holds. */
  until: number;
  pending?: Promise<void>;
}

const MAX_LEASES = 20_000;

/**
 * A limit that all replicas share without asking each other about every request: a tenth of the quota is taken from
 * the shared store at a time and spent here. A request costs a look into a map, a lease one round trip.
 */
export class Limit {
  private readonly leases = new Map<string, Lease>();
  private readonly leaseSize: number;

  constructor(
    private readonly policy: Policy,
    private readonly store: RateLimiterAbstract,
  ) {
    this.leaseSize = leaseSizeFor(policy.quota);
  }

  /**
   * Counts one request. Answers at once while a lease lasts.
   * @returns undefined when the request may pass, a refusal with its waiting time when not
   */
  take(key: string): undefined | Failure | Promise<undefined | Failure> {
    if (this.policy.quota === 0) return undefined;
    const lease = this.leases.get(key);
    const now = performance.now();
    if (lease !== undefined && now < lease.until) {
      if (lease.left > 0) {
        lease.left--;
        return undefined;
      }
      if (lease.left < 0) return rateLimited(this.policy, lease.until - now);
    }
    return this.takeAfterRenewal(key, lease);
  }

  /** The refusal that the next request would get, as far as is known here; counts nothing. */
  refusal(key: string): undefined | Failure {
    const lease = this.leases.get(key);
    const now = performance.now();
    if (lease === undefined || lease.left >= 0 || now >= lease.until) return undefined;
    return rateLimited(this.policy, lease.until - now);
  }

  private async takeAfterRenewal(key: string, known: Lease | undefined): Promise<undefined | Failure> {
    const lease = known ?? this.addLease(key);
    lease.pending ??= this.renew(key, lease);
    await lease.pending;
    return this.take(key);
  }

  private async renew(key: string, lease: Lease): Promise<void> {
    try {
      const taken = await this.store.consume(key, this.leaseSize);
      lease.until = performance.now() + this.leftOfWindow(taken);
      lease.left = this.leaseSize;
    } catch (error) {
      const refused = error instanceof RateLimiterRes;
      // A store that fails in spite of its insurance limits nobody: a limiter may not take the shop down.
      lease.until = performance.now() + (refused ? this.leftOfWindow(error) : 1_000);
      lease.left = refused ? -1 : this.leaseSize;
    } finally {
      lease.pending = undefined;
    }
  }

  /** The store counts by a wall clock, its own or this machine's, that may be set back: no window is longer than it is. */
  private leftOfWindow({ msBeforeNext }: RateLimiterRes): number {
    return Math.min(Math.max(1, msBeforeNext), this.policy.windowSeconds * 1_000);
  }

  private addLease(key: string): Lease {
    for (const oldest of this.leases.keys()) {
      if (this.leases.size < MAX_LEASES) break;
      this.leases.delete(oldest);
    }
    const lease: Lease = { left: 0, until: 0 };
    this.leases.set(key, lease);
    return lease;
  }
}

/** The largest share up to a tenth that goes into the quota without rest, so that the whole quota can be spent. */
function leaseSizeFor(quota: number): number {
  for (let size = Math.floor(quota / 10); size > 1; size--) if (quota % size === 0) return size;
  return 1;
}
