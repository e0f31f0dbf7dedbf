import type { OperatorAction } from '../../libs/contracts/src/index.ts';
import type { Listed } from '../operations/trail.ts';
import type { DeadLetter, Letter } from './dead-letter.ts';

/** A dead letter with what it was read from. */
export interface Held {
  readonly letter: DeadLetter;
  readonly message: Letter;
}

/** Who moves letters, and why, for the audit trail. */
export interface Signature {
  readonly by: string;
  readonly reason: string | null;
}

/** The dead letters of one service. What is only looked at stays where it is. */
export interface LetterBox {
  readonly service: string;
  /** Where they lie, in words. */
  readonly name: string;
  /** How many there were at the beginning; undefined when there is no such place. */
  readonly count: number | undefined;
  letters(limit?: number): AsyncGenerator<Held>;
  /** Gives them to the service once more, under the same ids, and writes it down. @returns those that were moved. @throws Trouble */
  redrive(handful: Held[], signature: Signature): Promise<Held[]>;
  /** Throws them away; their content stays in the trail. @throws Trouble */
  drop(handful: Held[], signature: Signature): Promise<Held[]>;
}

/** Where an installation keeps its dead letters: in queues of a broker, or in the databases of services that have none. */
export interface Place {
  use<T>(services: readonly string[], work: (boxes: LetterBox[]) => Promise<T>): Promise<T>;
  /** What was done by hand, newest first, and what could not be read. */
  trail(
    services: readonly string[],
    actions: OperatorAction['action'][],
    subject: string | null,
    limit: number,
  ): Promise<{ trail: Listed[]; missing: string[] }>;
}
