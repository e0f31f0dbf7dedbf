import { type Violation, violation } from './violation.ts';
import type { Change, StepEntry, World } from './world.ts';

/** From where to where; what is not here is illegal. */
export const LEGAL: Readonly<Record<Change['what'], Readonly<Record<string, readonly string[]>>>> = {
  orders: {
    PENDING: ['CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'],
    CONFIRMED: ['CANCELLED', 'NEEDS_ATTENTION'],
    NEEDS_ATTENTION: ['CONFIRMED', 'REJECTED', 'CANCELLED'],
    // The refund of a cancelled order has failed for good.
    CANCELLED: ['NEEDS_ATTENTION'],
  },
  payments: {
    PENDING: ['AUTHORIZED', 'CAPTURED', 'DECLINED', 'VOIDED', 'UNKNOWN'],
    UNKNOWN: ['AUTHORIZED', 'CAPTURED', 'DECLINED', 'VOIDED', 'REFUNDED'],
    // What is done at the processor is seen when it is looked at, several steps at once.
    AUTHORIZED: ['CAPTURED', 'VOIDED', 'REFUNDED', 'UNKNOWN'],
    CAPTURED: ['REFUNDED', 'UNKNOWN'],
    // Money that turns up after all is given back; a refund that fails afterwards leaves it with us.
    VOIDED: ['AUTHORIZED', 'CAPTURED', 'REFUNDED', 'UNKNOWN'],
    DECLINED: ['AUTHORIZED', 'CAPTURED', 'VOIDED', 'REFUNDED', 'UNKNOWN'],
    REFUNDED: ['CAPTURED'],
  },
  reservation: { HELD: ['SOLD', 'RELEASED', 'REFUSED'], SOLD: ['RELEASED'] },
  saga: { running: ['undoing', 'completed'], undoing: ['rolled_back'] },
};

/** I5: states move only where they may; a step of a saga is done once and undone once, the last one first. */
export function checkTransitions({
  changes,
  steps,
  histories,
}: Pick<World, 'changes' | 'steps' | 'histories'>): Violation[] {
  const illegal = changes
    .filter(({ what, was, became }) => !LEGAL[what][was]?.includes(became))
    .map(({ what, key, was, became }) => `${what} ${key} went from ${was} to ${became}`);
  const sagas = new Map<string, StepEntry[]>();
  for (const entry of steps) {
    const saga = `${entry.type} ${entry.sagaId}`;
    const known = sagas.get(saga);
    if (known) known.push(entry);
    else sagas.set(saga, [entry]);
  }
  const lasting = new Map(
    histories.map(({ type, sagaId, steps }) => [
      `${type} ${sagaId}`,
      steps.flatMap(({ name, undo }) => (undo === undefined ? [name] : [])),
    ]),
  );
  const wrong = [...sagas].flatMap(([saga, log]) =>
    stepsOf(log, new Set(lasting.get(saga))).map((what) => `${saga}: ${what}`),
  );
  return [...illegal, ...wrong].map((what) => violation('I5', what));
}

/** @param lasting steps that change nothing elsewhere: their definition has no undo for them */
function stepsOf(log: readonly StepEntry[], lasting: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const times = new Map<string, number>();
  for (const { step, outcome } of log)
    times.set(`"${step}" ${outcome}`, (times.get(`"${step}" ${outcome}`) ?? 0) + 1);
  for (const [what, n] of times)
    if (n > 1 && /" (done|undone|started|rolled back)$/.test(what)) found.push(`${what} ${n} times`);
  // A step's place is where it is first spoken of; undoing goes through the places backwards.
  const places = [...new Set(log.map(({ step }) => step))];
  const undone = log.filter(({ outcome }) => outcome === 'undone').map(({ step }) => step);
  const backwards = [...undone].sort((a, b) => places.indexOf(b) - places.indexOf(a));
  if (undone.join() !== backwards.join()) found.push(`undone in the order ${undone.join(', ')}`);
  const done = log.filter(({ outcome }) => outcome === 'done').map(({ step }) => step);
  const left = done.filter((step) => !undone.includes(step) && !lasting.has(step));
  const over = log.findIndex(({ outcome }) => outcome === 'rolled back');
  if (over >= 0 && log.slice(over + 1).length > 0) found.push('went on after it was rolled back');
  if (over >= 0 && left.length > 0) found.push(`rolled back without undoing ${left.join(', ')}`);
  return found;
}
