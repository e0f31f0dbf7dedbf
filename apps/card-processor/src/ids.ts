import { randomBytes } from 'node:crypto';

/** Ids of Stripe's looks (`pi_` and 24 letters or digits); unique over restarts, in order within a run. */
export class Ids {
  private readonly run = randomBytes(10).toString('hex').slice(0, 14);
  private count = 0;

  next(prefix: 'pi' | 're' | 'dp' | 'evt' | 'req'): string {
    this.count += 1;
    return `${prefix}_${this.run}${this.count.toString(36).padStart(10, '0')}`;
  }
}
