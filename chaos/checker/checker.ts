import { checkAnswers, checkReplays } from './answers.ts';
import { checkBroker } from './broker.ts';
import { checkDelivery, checkTwice } from './delivery.ts';
import { checkHistories } from './histories.ts';
import { checkMoney } from './money.ts';
import { checkFinality, checkOrders } from './orders.ts';
import { checkProcesses } from './processes.ts';
import { checkRejections } from './rejections.ts';
import { checkStock } from './stock.ts';
import { checkTraces } from './traces.ts';
import { checkTransitions } from './transitions.ts';
import type { Violation } from './violation.ts';
import type { World } from './world.ts';

/**
 * Whether all promises hold in a world that is quiet. Pure; the invariants are those of the promises, by their numbers.
 * @returns every violation; none means that nothing was lost
 */
export function check(world: World): Violation[] {
  return [
    ...checkOrders(world),
    ...checkFinality(world),
    ...checkMoney(world),
    ...checkStock(world),
    ...checkTransitions(world),
    ...checkDelivery(world),
    ...checkTwice(world),
    ...checkBroker(world),
    ...checkProcesses(world),
    ...checkAnswers(world),
    ...checkReplays(world),
    ...checkTraces(world),
    ...checkRejections(world),
    ...checkHistories(world),
  ];
}
