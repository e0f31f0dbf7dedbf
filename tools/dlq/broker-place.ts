import {
  ConcludeActions,
  type DataOf,
  deadLetterQueue,
  RecordActions,
} from '../../libs/contracts/src/index.ts';
import { Broker } from '../operations/broker.ts';
import { Trouble } from '../operations/program.ts';
import { readTrail } from '../operations/trail.ts';
import { DeadQueue, type Held } from './dead-queue.ts';
import type { LetterBox, Place, Signature } from './place.ts';

/** Of a larger one, which no service would have read, only the beginning is kept. */
const KEPT_BYTES = 4 * 1024 * 1024;

type Deed = DataOf<typeof RecordActions>['actions'][number];

/** Dead letters in the queues of a broker. */
export const brokerPlace = (url: string): Place => ({
  use: (services, work) =>
    Broker.use(url, (broker) =>
      DeadQueue.use(broker.connection, services, (queues) =>
        work(queues.map((queue): LetterBox => new QueueBox(broker, queue))),
      ),
    ),
  trail: (services, actions, subject, limit) =>
    Broker.use(url, (broker) => readTrail(broker, services, actions, subject, limit)),
});

class QueueBox implements LetterBox {
  readonly service: string;
  readonly name: string;
  readonly count: number | undefined;
  private readonly broker: Broker;
  private readonly queue: DeadQueue;

  constructor(broker: Broker, queue: DeadQueue) {
    this.broker = broker;
    this.queue = queue;
    this.service = queue.service;
    this.name = deadLetterQueue(queue.service);
    this.count = queue.count;
  }

  letters(limit?: number): AsyncGenerator<Held> {
    return this.queue.letters(limit);
  }

  /** Written down, then confirmed by the service's queue, then gone from the dead letters: killed anywhere, nothing is lost. */
  async redrive(handful: Held[], signature: Signature): Promise<Held[]> {
    const actions = handful.map((held) => deedOf('redrive', held, signature));
    const { ids } = await this.broker.ask(this.service, RecordActions, { actions });
    const results = await Promise.allSettled(handful.map((held) => this.queue.redrive(held)));
    const isThere = (_: unknown, i: number): boolean => results[i]?.status === 'fulfilled';
    const moved = handful.filter(isThere);
    if (moved.length > 0) await this.broker.ask(this.service, ConcludeActions, { ids: ids.filter(isThere) });
    for (const held of moved) this.queue.forget(held);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed)
      throw new Trouble(
        `${(failed.reason as Error).message}. ${handful.length - moved.length} dead letter(s) stay where they were.`,
      );
    return moved;
  }

  async drop(handful: Held[], signature: Signature): Promise<Held[]> {
    const actions = handful.map((held) => deedOf('drop', held, signature));
    await this.broker.ask(this.service, RecordActions, { actions });
    for (const held of handful) this.queue.forget(held);
    return handful;
  }
}

function deedOf(action: Deed['action'], { letter, message }: Held, signature: Signature): Deed {
  const kept = message.content.subarray(0, KEPT_BYTES);
  const cut = letter.bytes > KEPT_BYTES ? ` (${letter.bytes} bytes, the first ${KEPT_BYTES} are kept)` : '';
  return {
    action,
    subject: letter.id,
    about: `${letter.type}${cut}: ${letter.reason}`.slice(0, 2_500),
    ...signature,
    content: action === 'drop' ? kept.toString('base64') : null,
  };
}
