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

/**
 * Asks for something that changes nothing. Silence then means what a refused connection does: it is not to be had now.
 * @throws Failure `caravan.unavailable` also when there was no answer in time; `caravan.deadline-exceeded` only when
 * the whole request's time is over
 */
export async function read<C extends Contract<never, unknown> | Contract>(
  client: MessageClient,
  contract: C,
  data: DataOf<C>,
): Promise<ReplyOf<C>> {
  try {
    return await client.ask(contract, data, { within: PATIENCE_MS });
  } catch (error) {
    const late = error instanceof Failure && error.code === Code.deadlineExceeded;
    if (!late || (currentContext().deadline ?? Infinity) <= Date.now()) throw error;
    throw unavailable(serviceOf(contract), error);
  }
}
