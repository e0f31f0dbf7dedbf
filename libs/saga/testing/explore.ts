import type { AnyDefinition } from '../src/saga.catalogue.ts';
import type { Exploration, Explored } from './exploration.ts';
import { Explorer } from './explorer.ts';

/**
 * Walks through everything that can happen to a saga, breadth first: messages that are lost, doubled, late and in any order,
 * questions that time out at any moment, people who interfere.
 * @param definitions the saga that is begun, and those that it or people may begin
 * @returns how much was looked at
 * @throws Violation with the shortest story in which a rule does not hold
 */
export async function explore(
  definitions: AnyDefinition | readonly AnyDefinition[],
  options: Exploration,
): Promise<Explored> {
  const { own } = options;
  const begun = own?.value;
  try {
    return await new Explorer([definitions].flat(), options, begun).run();
  } finally {
    if (own) own.value = begun;
  }
}
