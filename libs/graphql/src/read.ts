import {
  Code,
  type Contract,
  type DataOf,
  Failure,
  type ReplyOf,
  serviceOf,
  unavailable,
} from '@caravan/contracts';
import type { MessageClient } from '@caravan/messaging';
import { currentContext } from '@caravan/platform';

/** Milliseconds after which a part of an answer is given up, so that the rest of it is in time. */
const PATIENCE_MS = 3_000;

/** Questions that have not left yet, by what they ask. */
const unsent = new WeakMap<MessageClient, Map<string, Promise<unknown>>>();

/**
 * Asks for something that changes nothing. Silence then means what a refused connection does: it is not to be had now.
 * Equal questions of one event-loop turn, of whatever requests, are asked once: they leave together at its end, so that each is
 * answered with what was true after it was asked. The answer is shared, so nobody may change it; who has less than all his
 * patience left asks alone, so that his short time is nobody else's.
 * @throws Failure `caravan.unavailable` also when there was no answer in time; `caravan.deadline-exceeded` only when
 * the whole request's time is over
 */
export async function read<C extends Contract<never, unknown> | Contract>(
  client: MessageClient,
  contract: C,
  data: DataOf<C>,
): Promise<ReplyOf<C>> {
  try {
    return await askOnce(client, contract, data);
  } catch (error) {
    const late = error instanceof Failure && error.code === Code.deadlineExceeded;
    if (!late || (currentContext().deadline ?? Infinity) <= performance.now()) throw error;
    throw unavailable(serviceOf(contract), error);
  }
}

function askOnce<C extends Contract<never, unknown> | Contract>(
  client: MessageClient,
  contract: C,
  data: DataOf<C>,
): Promise<ReplyOf<C>> {
  const ask = () => client.ask(contract, data, { within: PATIENCE_MS, reads: true });
  if ((currentContext().deadline ?? Infinity) < performance.now() + PATIENCE_MS) return ask();
  let questions = unsent.get(client);
  if (!questions) {
    unsent.set(client, (questions = new Map<string, Promise<unknown>>()));
    setImmediate(() => unsent.delete(client));
  }
  const key = `${contract.type} ${JSON.stringify(data)}`;
  let answer = questions.get(key) as Promise<ReplyOf<C>> | undefined;
  if (!answer) questions.set(key, (answer = ask()));
  return answer;
}
