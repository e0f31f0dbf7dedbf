/** What tests stand on: services on real servers, and waiting for the thing instead of for time. */
export { promisesNoMoreThanItKnows } from './certainty.ts';
export { whileHeld } from './held-rows.ts';
export { eventually } from './eventually.ts';
export { compareWithModel, historiesOf, playAll, type Standing, type Told } from './model-comparison.ts';
export { type Behaviour, Neighbour } from './neighbour.ts';
export { startTestService, TestService } from './test.service.ts';
export { Operator } from './operator.ts';
