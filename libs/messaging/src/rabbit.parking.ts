import { Logger } from '@nestjs/common';
import { DEAD_LETTER } from '@caravan/contracts';
import { storable } from '@caravan/platform';
import type { RabbitPublisher } from './rabbit.publisher.ts';
import { fateOf, short } from './retries.ts';
import { deadLetterQueue, retryExchange, retryKey } from './topology.ts';
import type { Verdict } from './transport.ts';
import type { WireMessage } from './wire.ts';

/** What is to be parked, and why. */
export type Failed = Exclude<Verdict, { kind: 'done' }>;

/** Where a message goes that could not be handled: it waits for its next try, or lies with the dead letters. */
export class RabbitParking {
  private readonly log = new Logger('RabbitMQ');

  constructor(
    private readonly publisher: RabbitPublisher,
    private readonly service: string,
  ) {}

  /**
   * Parks one item; resolves when the broker has it.
   * @throws UnconfirmedError, UnroutableError when it is not certain that the broker has it; RangeError for one too deep to be written
   */
  async park(item: WireMessage, verdict: Failed): Promise<void> {
    const { attempt, againInMs, said } = fateOf(item, verdict);
    const body = JSON.stringify([{ ...item, attempt }]);
    if (againInMs === undefined) {
      this.log.error(said);
      return this.bury(body, { reason: verdict.reason, attempts: attempt, type: short(item.type) });
    }
    this.log.warn(said);
    return this.publisher.send(body, {
      exchange: retryExchange,
      routingKey: retryKey(this.service, attempt - 1),
      mandatory: true,
      expiration: againInMs,
      headers: { [DEAD_LETTER.reason]: storable(verdict.reason, 2_000) },
    });
  }

  /** Puts a body with the dead letters, as it is. @throws UnconfirmedError, UnroutableError */
  bury(
    body: string | Buffer,
    { reason, attempts, type }: { reason: string; attempts: number; type: string },
  ): Promise<void> {
    return this.publisher.send(body, {
      exchange: '',
      routingKey: deadLetterQueue(this.service),
      mandatory: true,
      headers: {
        [DEAD_LETTER.reason]: storable(reason, 2_000),
        [DEAD_LETTER.attempts]: attempts,
        [DEAD_LETTER.type]: type,
        [DEAD_LETTER.service]: this.service,
        [DEAD_LETTER.diedAt]: new Date().toISOString(),
      },
    });
  }
}
