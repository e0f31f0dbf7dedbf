import { type Attempt, type Operation, orderIdOf } from './operation.ts';
import { LEGAL } from './transitions.ts';
import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** I10: every answer was one that the public contract knows. */
export function checkAnswers({ operations }: Pick<World, 'operations'>): Violation[] {
  return operations.flatMap(({ kind, key, attempts }) =>
    attempts.flatMap(({ said, breaches }) =>
      breaches.map((breach) => violation('I10', `${kind} ${key} was answered ${said}: ${breach}`)),
    ),
  );
}

/** I11: the answers to one key are about one order, and differ only as the order itself moves on. */
export function checkReplays({ operations, orders }: Pick<World, 'operations' | 'orders'>): Violation[] {
  const status = new Map(orders.map((order) => [order.id, order.status]));
  return operations.flatMap((operation) => {
    const { kind, key, attempts } = operation;
    const about = `${kind} ${key}`;
    const others = attempts.filter(
      ({ orderId }) => orderId !== undefined && orderId !== orderIdOf(operation),
    );
    const conflicts = attempts.filter(({ said }) => said === 'IdempotencyConflict' || said === 'CONFLICT');
    return [
      ...others.map(({ orderId }) => `${about} was order ${orderIdOf(operation)} and then ${orderId}`),
      ...conflicts.map(() => `${about} was a conflict with itself`),
      ...(kind === 'place' ? jumps(operation, status.get(orderIdOf(operation) ?? '')) : []),
    ].map((what) => violation('I11', what));
  });
}

/** Answers of one key overlap, so that an older one may come later: only an end may not be followed by another end. */
function jumps({ key, attempts }: Operation, now: string | undefined): string[] {
  return attempts.flatMap((attempt) => {
    const ends = endsOf(attempt);
    return now === undefined || ends === undefined || reaches(ends, now)
      ? []
      : [`place ${key} was answered ${attempt.said}, and its order is ${now}`];
  });
}

const endsOf = ({ status }: Attempt): string | undefined => (status === 'PENDING' ? undefined : status);

function reaches(from: string, to: string, left = 3): boolean {
  if (from === to) return true;
  return left > 0 && (LEGAL.orders[from] ?? []).some((next) => reaches(next, to, left - 1));
}
