import type { Desk } from './desk.ts';
import { ID } from './surroundings.ts';
import type { World } from './world.ts';

const BY_PERSON = { code: 'explorer.by-person', message: 'Someone wanted it so' };
const first = ({ sagas }: World): string => Object.keys(sagas)[0]!;

/** What people do to a saga. */
export const DEEDS = {
  cancel: (desk: Desk, world: World) => desk.cancel(undefined, first(world), ID, BY_PERSON),
  retry: async (desk: Desk, { sagas }: World) => {
    for (const type of Object.keys(sagas)) await desk.retry(undefined, type);
  },
  'give up': (desk: Desk, world: World) => desk.giveUp(undefined, first(world), ID, BY_PERSON),
  /** Before the point of no return the saga is rolled back; a stuck one behind it is given up, and the second saga takes over. */
  compensate: async (desk: Desk, world: World) => {
    const [type, second] = desk.types;
    if ((await desk.cancel(undefined, type!, ID, BY_PERSON)) === 'rolling-back') return;
    const givenUp = await desk.giveUp(undefined, type!, ID, BY_PERSON);
    const { data } = world.sagas[type!]!;
    if (givenUp && second) await desk.start(undefined, second, [{ id: ID, data }]);
  },
  restart: (desk: Desk, world: World) => desk.restart(undefined, first(world)),
};
