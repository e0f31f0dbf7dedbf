/** The part of a resource that is kept for holders of little. */
const KEPT = 1 / 5;
/** How much of what is left of that part a holder may have. */
const MODEST = 1 / 8;
/** How many times as much as is left, beyond what is kept, one holder may have. */
const GREED = 9;

/**
 * Whether a holder may take more of a shared resource. What one may hold follows what is left (dynamic thresholds:
 * Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998): one holder alone gets seven tenths, n equal ones
 * about 1/n of four fifths; of the last fifth each gets an eighth of what is left. So the largest holder is refused first, and
 * a newcomer is admitted as long as anything is left.
 * @param held what the holder has @param used what all have @param capacity 0 is no limit
 */
export function admits(held: number, used: number, capacity: number): boolean {
  if (capacity === 0) return true;
  const left = capacity - used;
  return left > 0 && held < Math.max(left * MODEST, GREED * (left - Math.floor(capacity * KEPT)));
}

/** Whether so much fits into what is left without using up what is kept for holders of little. */
export function fits(size: number, used: number, capacity: number): boolean {
  if (capacity === 0) return true;
  const left = capacity - used;
  return size <= Math.max(left / 2, left - Math.floor(capacity * KEPT));
}

/** How much the holder would have at the moment of its first refusal, if no other holder took or gave any. */
export function reach(held: number, used: number, capacity: number): number {
  const left = capacity - used;
  const beyondKept = (GREED * (left - Math.floor(capacity * KEPT)) - held) / (GREED + 1);
  return held + Math.max(0, beyondKept, (left * MODEST - held) / (MODEST + 1));
}
