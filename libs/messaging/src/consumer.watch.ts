import type { Channel } from 'amqplib';

const LOOK_EVERY_MS = 3_000;
/** A queue without a leader for a moment, or a message that is just on its way, is no reason to begin anew. */
const IN_A_ROW = 2;

/**
 * Asks the broker now and then whether a consumer that hears nothing should hear something. It ought to be told when its queue was deleted,
 * but RabbitMQ 3.10 does not always: deleted under load and declared again by somebody else, a quorum queue
 * had messages, a consumer by its own account, and delivered nothing.
 */
export class ConsumerWatch {
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param isIdle whether there is nothing that was delivered and not yet acknowledged
   * @param onForgotten told once, with the reason; then the watch is over
   */
  constructor(
    private readonly queue: string,
    private readonly isIdle: () => boolean,
    private readonly onForgotten: (reason: string) => void,
  ) {}

  start(channel: Pick<Channel, 'checkQueue'>): void {
    this.stop();
    let odd = 0;
    const look = async (): Promise<void> => {
      try {
        const { consumerCount, messageCount } = await channel.checkQueue(this.queue);
        odd = this.isIdle() && (consumerCount === 0 || messageCount > 0) ? odd + 1 : 0;
        if (odd < IN_A_ROW || this.timer !== timer) return;
        this.stop();
        this.onForgotten(`${messageCount} message(s) wait and are not delivered`);
      } catch {
        // The channel is closed, and says so itself.
      }
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
    this.timer = timer;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
