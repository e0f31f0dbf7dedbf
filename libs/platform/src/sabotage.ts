/** Ways to break a promise on purpose, so that the checker can be seen to notice. Only where NODE_ENV is `test` (service.env.ts). */
export const SABOTAGES = [
  /** A message has its effect every time it comes. */
  'inbox-off',
  /** SELECT … FOR UPDATE locks nothing. */
  'row-lock-off',
  /** A delivery is acknowledged before its transaction has committed. */
  'ack-before-commit',
  /** Messages are published without having stood in the outbox. */
  'outbox-skipped',
] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** Set once, before the service is built; in every process that is not a test's it stays as it is. */
let committed: Sabotage | undefined;

export function commitSabotage(sabotage: Sabotage): void {
  committed = sabotage;
}

/** Whether this process breaks that promise. */
export function sabotaged(sabotage: Sabotage): boolean {
  return committed === sabotage;
}
