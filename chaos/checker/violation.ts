/** The invariants of the promises, by their numbers. */
export const INVARIANTS = {
  I1: 'every accepted operation is there, under its own key, once',
  I2: 'nothing is still on its way',
  I3: 'money adds up, in both ledgers',
  I4: 'every piece is somewhere',
  I5: 'only legal transitions, each step once, undone in reverse order',
  I6: 'every message was heard by everyone it was meant for',
  I7: 'no message had its effect twice',
  I8: 'the broker is at rest',
  I9: 'the processes and their databases are at rest',
  I10: 'only answers of the contract',
  I11: 'the same key has the same answer',
  I12: 'one trace from the client to everyone who heard of the order',
  I13: 'an order is rejected only for a reason of its own',
  I14: 'the journal of every saga replays to its state, and its timeline tells only what happened',
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** An order that was rejected, and why. */
export interface Rejected {
  /** The code of the failure, such as `saga.timed-out`. */
  readonly reason: string;
  readonly skus: readonly string[];
}

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
  /** Only of I13: by it a fault tells whether it explains the rejection. */
  readonly rejected?: Rejected;
}

export const violation = (invariant: Invariant, what: string): Violation => ({ invariant, what });

/** As people read it: `I3 order …: 200 taken instead of 0`. */
export const inWords = ({ invariant, what }: Violation): string => `${invariant} ${what}`;

/** The invariants that are violated, each once, in their order. */
export function broken(violations: readonly Violation[]): Invariant[] {
  const found = new Set(violations.map(({ invariant }) => invariant));
  return (Object.keys(INVARIANTS) as Invariant[]).filter((invariant) => found.has(invariant));
}
