import type { Channel } from 'amqplib';

const LOOK_EVERY_MS = 3_000;
/** A quorum queue that has no leader for a moment says 0 as well. */
const IN_A_ROW = 2;

/**
 * Asks the broker now and then whether it knows anybody who consumes the queue. It should tell a consumer that its queue was deleted,
 * but does not always: a queue that was deleted soon after the broker's restart and declared again by somebody
 * else had messages and nobody who heard them.
 */
export class ConsumerWatch {
  private timer: NodeJS.Timeout | undefined;

  /** @param onNobody told once; then the watch is over */
  constructor(
    private readonly queue: string,
    private readonly onNobody: (reason: string) => void,
  ) {}

  start(channel: Pick<Channel, 'checkQueue'>): void {
    this.stop();
    let without = 0;
    const look = async (): Promise<void> => {
      try {
        const { consumerCount } = await channel.checkQueue(this.queue);
        without = consumerCount === 0 ? without + 1 : 0;
      } catch {
        return; // The channel is closed, and says so itself.
      }
      if (without < IN_A_ROW || this.timer !== timer) return;
      this.stop();
      this.onNobody('the broker knows no consumer');
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
    this.timer = timer;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
