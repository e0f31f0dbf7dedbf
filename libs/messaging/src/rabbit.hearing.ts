import { backoff } from './rabbit.connection.ts';

const ASK_EVERY_MS = 5_000;
/** Questions without an answer after which a consumer holds itself for deaf. One may have gone to another replica. */
const DEAF_AFTER = 2;

/**
 * Finds a consumer to whom nothing comes any more. When RabbitMQ (seen with 3.10) makes a quorum queue anew before a channel
 * has heard that the old one went away, it subscribes that channel again without a word, counts it as a consumer, and drops
 * what it delivers to it: no event tells, and no count shows. So a consumer that has heard nothing for a while sends its own
 * queue an empty message, by way of its bindings, which may be missing too: then the message comes back and they are declared.
 * The broker gives to a queue's consumers in turn, so that each hears of it soon, or is deaf.
 */
export class Hearing {
  private heard = false;
  private unanswered = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param ask sends {@link NOTHING} to the queue; rejects when the broker did not take it, which proves nothing
   * @param deaf told once; begin again with `begin`
   */
  constructor(
    private readonly busy: () => boolean,
    private readonly ask: () => Promise<void>,
    private readonly deaf: () => void,
  ) {}

  begin(): void {
    this.end();
    this.heard = false;
    this.unanswered = 0;
    const look = () => {
      this.look();
      this.timer?.refresh();
    };
    // Not all replicas in the same moment.
    this.timer = setTimeout(look, ASK_EVERY_MS - backoff(0, 500, 1_000)).unref();
  }

  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  hear(): void {
    this.heard = true;
  }

  private look(): void {
    if (this.heard || this.busy()) {
      this.heard = false;
      this.unanswered = 0;
    } else if (this.unanswered >= DEAF_AFTER) {
      this.end();
      this.deaf();
    } else {
      void this.ask().then(
        () => this.unanswered++,
        () => undefined,
      );
    }
  }
}
