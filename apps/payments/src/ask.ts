import type { Failure } from '@caravan/contracts';

/** What can be asked of a payment. */
export type Verb = 'authorize' | 'capture' | 'void' | 'refund';

/** A command that waits for its answer, with what is needed to answer it. */
export interface Ask {
  verb: Verb;
  id: string;
  type: string;
  traceparent: string;
  replyTo?: string;
  sagaId?: string;
  ask?: string;
}

export interface Answered {
  ask: Ask;
  answer: 'done' | Failure;
}

/** One entry per saga and verb: the saga's newest attempt takes the place of the one before, so an outage adds none. */
export function addTo(waiting: Ask[], ask: Ask): void {
  const at = waiting.findIndex(
    (other) => other.id === ask.id || (other.verb === ask.verb && other.sagaId === ask.sagaId),
  );
  if (at < 0) waiting.push(ask);
  else waiting[at] = ask;
}
