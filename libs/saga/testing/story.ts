import type { Happening } from './events.ts';
import type { World } from './world.ts';

/** A story that must not be possible: the shortest one. */
export class Violation extends Error {
  constructor(
    readonly rule: string,
    /** The events, in order. */
    readonly events: readonly string[],
    world: World,
  ) {
    super(
      `${rule}\nafter ${events.length} event${events.length === 1 ? '' : 's'}:\n${events.map((event, i) => `  ${i + 1}. ${event}`).join('\n')}\n${picture(world)}`,
    );
    this.name = 'Violation';
  }
}

export const tell = ({ label, notes }: Happening): string => [label(), ...notes].join('\n     → ');

function picture({ sagas, participants, own }: World): string {
  const stands = Object.values(sagas).map(
    ({ type, state, ask }) => `${type} ${state}${ask ? ` (${ask})` : ''}`,
  );
  const others = Object.entries(participants).map(([name, state]) => `${name} ${JSON.stringify(state)}`);
  return `  then: ${[...stands, ...others, ...(own === undefined ? [] : [`own ${JSON.stringify(own)}`])].join(', ')}`;
}
