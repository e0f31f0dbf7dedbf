import type { FailureData } from '@caravan/contracts';

/** How a command is answered: done, done with something to tell, or refused. */
export type Answer = 'ok' | { readonly tells: object } | FailureData;

/** One thing that a participant may do. Without an answer nothing is sent back, as for an event. */
export interface Reaction<State> {
  readonly state: State;
  readonly answer?: Answer;
}

interface Reacts<State> {
  react(state: State): readonly Reaction<State>[];
}

/**
 * All that a participant may do in a state when a message arrives; several reactions: any of them may happen. A method's type:
 * the explorer holds the models of all participants, and gives each the state that is its own.
 */
export type React<State> = Reacts<State>['react'];

/** What one participant does when one kind of message arrives. Handlers of the same participant share its state. */
export interface Handler<State = unknown> {
  readonly participant: string;
  readonly initial: State;
  readonly react: React<State>;
}

/**
 * A model of another service: its state, and what it does with each command or event.
 * @param name the key of its state in `World.participants`
 * @param initial plain JSON; a participant that the saga has not talked to yet
 * @param verbs pure functions from a state to reactions
 * @returns one handler a verb, for `Exploration.participants`
 */
export function participant<State, Verb extends string>(
  name: string,
  initial: State,
  verbs: Record<Verb, React<State>>,
): Record<Verb, Handler<State>> {
  const entries = Object.entries<React<State>>(verbs).map(
    ([verb, react]) => [verb, { participant: name, initial, react }] as const,
  );
  return Object.fromEntries(entries) as Record<Verb, Handler<State>>;
}
