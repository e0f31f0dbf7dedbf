import { connect, type GetMessage } from 'amqplib';
import { SUBSCRIPTIONS } from '../../libs/contracts/src/index.ts';
import type { DeadLetter, Queue } from './world.ts';

const RETRY_STEPS = 5;
/** So many dead letters are looked at; whoever has more has another problem. */
const LOOK_AT = 1_000;

/**
 * What lies in the queues, and who listens; dead letters are read and stay where they are.
 * @param replicas how many processes of each service there should be
 */
export async function readBroker(
  url: string,
  replicas: Readonly<Record<string, number>>,
): Promise<{ queues: Queue[]; deadLetters: DeadLetter[] }> {
  const connection = await connect(url, { timeout: 5_000 });
  // A queue that is missing closes the channel, and says so as an error of the channel.
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const look = async (name: string, expectedConsumers?: number): Promise<Queue> => {
      const { messageCount, consumerCount } = await channel.checkQueue(name);
      return { name, messages: messageCount, consumers: consumerCount, expectedConsumers };
    };
    const queues: Queue[] = [];
    const deadLetters: DeadLetter[] = [];
    for (const service of Object.keys(SUBSCRIPTIONS)) {
      const expected = replicas[service] ?? 0;
      queues.push(await look(service, expected), await look(`${service}.rpc`, expected));
      const dead = await look(`${service}.dead`, 0);
      queues.push(dead);
      for (let n = 0; n < Math.min(dead.messages, LOOK_AT); n++) {
        const letter = await channel.get(`${service}.dead`);
        if (letter) deadLetters.push(toDeadLetter(service, letter));
      }
    }
    for (let step = 1; step <= RETRY_STEPS; step++) queues.push(await look(`caravan.retry.${step}`));
    return { queues, deadLetters };
  } finally {
    // What was got and not acknowledged goes back with the channel.
    await connection.close().catch(() => undefined);
  }
}

function toDeadLetter(service: string, { content, properties }: GetMessage): DeadLetter {
  const headers = properties.headers ?? {};
  return { service, reason: String(headers['x-reason'] ?? 'no reason given'), body: content.toString() };
}
