import { Logger } from '@nestjs/common';
import { DEAD_LETTER } from '@caravan/contracts';
import type { RabbitPublisher } from './rabbit.publisher.ts';
import { deadLetterQueue, RETRY_STEPS_MS, retryExchange, retryKey } from './topology.ts';
import type { Verdict } from './transport.ts';
import type { WireMessage } from './wire.ts';

type Failed = Exclude<Verdict, { kind: 'done' }>;

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
  async park(item: WireMessage, { kind, reason }: Failed): Promise<void> {
    const attempt = attemptsOf(item) + 1;
    const delay = RETRY_STEPS_MS[attempt - 1];
    const body = JSON.stringify([{ ...item, attempt }]);
    const name = `${short(item.type)} ${short(item.id)}`;
    if (kind === 'dead' || delay === undefined) {
      this.log.error(`${name} becomes a dead letter after ${attempt} attempt(s): ${reason}`);
      return this.bury(body, { reason, attempts: attempt, type: short(item.type) });
    }
    this.log.warn(`${name} failed (attempt ${attempt}), again in about ${delay} ms: ${reason}`);
    return this.publisher.send(body, {
      exchange: retryExchange,
      routingKey: retryKey(this.service, attempt - 1),
      mandatory: true,
      // Jitter, so that what failed together does not come back together.
      expiration: Math.round(delay * (0.8 + 0.4 * Math.random())),
      headers: { 'x-reason': reason.slice(0, 2_000) },
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
        [DEAD_LETTER.reason]: reason.slice(0, 2_000),
        [DEAD_LETTER.attempts]: attempts,
        [DEAD_LETTER.type]: type,
        [DEAD_LETTER.service]: this.service,
        [DEAD_LETTER.diedAt]: new Date().toISOString(),
      },
    });
  }
}

/** Whatever stands there in a message that nobody has checked. */
const attemptsOf = ({ attempt }: WireMessage): number =>
  Number.isSafeInteger(attempt) && attempt! > 0 ? attempt! : 0;
const short = (text: unknown): string => String(text).slice(0, 200);
