import { MAX_BODY_BYTES } from './wire.ts';

/** What a durable message may weigh when it arrives: a full one, and room for what a retry adds to its items. */
export const MAX_ARRIVING_BYTES = MAX_BODY_BYTES + 4_096;

/**
 * Reads the body of an AMQP message as its items, each still unchecked.
 * @throws Error with the reason when it has more than `maxBytes`, is not JSON, or is not an array of objects
 */
export function readItems<Item extends object>(content: Buffer, maxBytes = Infinity): Item[] {
  if (content.length > maxBytes)
    throw new Error(`too large: ${content.length} bytes, at most ${maxBytes} are read`);
  const body = parse(content);
  if (!Array.isArray(body)) throw new Error('not readable: the body is not an array of messages');
  if (!body.every(isObject)) throw new Error('not readable: not every item of the body is an object');
  return body as Item[];
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch (error) {
    throw new Error(`not readable: ${(error as Error).message}`, { cause: error });
  }
}

const isObject = (item: unknown): item is object =>
  typeof item === 'object' && item !== null && !Array.isArray(item);
