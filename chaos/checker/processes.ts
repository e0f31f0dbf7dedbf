import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** Memory counts as back when it is within this of what the warm process held. */
const BACK = 1.2;

/** I9: nobody has ended by an error of his own, memory is back, and nobody holds a transaction or a lock without working. */
export function checkProcesses({
  processes,
  idleHolders,
}: Pick<World, 'processes' | 'idleHolders'>): Violation[] {
  const ended = processes.flatMap(({ label, lastWords }) =>
    lastWords.map((words) => `${label} ended: ${words}`),
  );
  const grown = processes
    .filter(({ rssMb, rssBeforeMb }) => rssMb !== null && rssBeforeMb !== null && rssMb > BACK * rssBeforeMb)
    .map(
      ({ label, rssMb, rssBeforeMb }) => `${label} holds ${rssMb} MB, not about ${rssBeforeMb} MB as before`,
    );
  return [...ended, ...grown, ...idleHolders].map((what) => violation('I9', what));
}
