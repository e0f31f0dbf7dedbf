/** What ends an order. `PENDING`, errors and refused requests decide nothing. */
const DECISIONS = new Set([
  'CONFIRMED',
  'REJECTED',
  'PaymentDeclined',
  'OutOfStock',
  'InvalidOrder',
  'IdempotencyConflict',
]);
const INSTEAD = ' instead of ';

/** An outcome, with what was due beside it where an order got another decision. @param due undefined: any decision is right */
export const judged = (outcome: string, due: string | undefined): string =>
  due !== undefined && outcome !== due && DECISIONS.has(outcome) ? `${outcome}${INSTEAD}${due}` : outcome;

export interface Decided {
  part: string;
  system: string;
  outcomes: Readonly<Record<string, number>>;
}

/** Wrong decisions in words, by part and system: such as a declined card whose order was confirmed. */
export const wrongDecisions = (decided: readonly Decided[]): string[] =>
  decided.flatMap(({ part, system, outcomes }) =>
    Object.entries(outcomes)
      .filter(([outcome]) => outcome.includes(INSTEAD))
      .map(([outcome, count]) => `${system}, ${part}: ${count} orders ${outcome}`),
  );
