/** Model-checks sagas: `explore` walks through everything that can happen to one. Only specs import it. */
export { Desk } from './desk.ts';
export type { Deed } from './events.ts';
export type { Exploration, Explored } from './exploration.ts';
export { explore } from './explore.ts';
export { type Answer, type Handler, participant, type React, type Reaction } from './participant.ts';
export { Violation } from './story.ts';
export type { Cell, Machine } from './surroundings.ts';
export type { World } from './world.ts';
