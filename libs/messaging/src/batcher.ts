import { ALONE_AT_ONCE, atOnce } from './at-once.ts';
import { ContentionError, isOutage } from './message.errors.ts';
import { MAX_BATCH } from './wire.ts';

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out | PromiseLike<Out>) => void;
  readonly reject: (error: unknown) => void;
}

/** Fewer than so many answers to wait for, and nothing is held back: at low load there is nothing to gain. */
const GATHER_FROM = 16;
/** Longest that an item waits for others, whatever becomes of those before it. */
const GATHER_MS = 100;

/**
 * Turns single calls into batches: what is added while the event loop turns, or while `inFlight` batches are under way,
 * goes together. At low load a batch is one item and waits for nothing.
 *
 * When `gather` is set, and results are promises that are kept much later, a batch also waits while it is smaller than what is still
 * unanswered: under load items travel on in few large groups instead of many small ones (Nagle's algorithm, RFC 896, for work instead of bytes).
 *
 * @param run handles a batch; one result (or promise of it) per item, in order. When it rejects, every item is run again alone, so that
 *   the one that is to blame fails by itself; but not when something is away: that would be asked once more for each. `alone` says that
 *   the item was in the way of other transactions, together with others.
 */
export class Batcher<In, Out> {
  private readonly waiting: Waiting<In, Out>[] = [];
  private running = 0;
  private scheduled = false;
  private unanswered = 0;
  /** Since when the first of those who wait does, by `performance.now()`. */
  private since = 0;
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly run: (items: In[], alone: boolean) => Promise<readonly (Out | PromiseLike<Out>)[]>,
    private readonly options: {
      readonly max?: number;
      readonly inFlight?: number;
      readonly gather?: boolean;
    } = {},
  ) {}

  add(item: In): Promise<Out> {
    const answer = new Promise<Out>((resolve, reject) => {
      if (this.waiting.length === 0) this.since = performance.now();
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
    if (this.options.gather) answer.then(this.answered, this.answered);
    return answer;
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0 || this.running >= (this.options.inFlight ?? 1)) return;
    if (this.options.gather && this.gathers()) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.waiting.length > 0 && this.running < (this.options.inFlight ?? 1)) {
        const batch = this.waiting.splice(0, this.options.max ?? MAX_BATCH);
        if (this.options.gather) this.unanswered += batch.length;
        this.since = performance.now();
        void this.flush(batch);
      }
    });
  }

  private gathers(): boolean {
    const { waiting, unanswered } = this;
    const enough = Math.min(unanswered, this.options.max ?? MAX_BATCH);
    const left = this.since + GATHER_MS - performance.now();
    if (unanswered < GATHER_FROM || waiting.length >= enough || left <= 0) return false;
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      this.schedule();
    }, left);
    return true;
  }

  private readonly answered = (): void => {
    this.unanswered--;
    this.schedule();
  };

  private async flush(batch: Waiting<In, Out>[]): Promise<void> {
    this.running++;
    try {
      await this.settle(batch);
    } finally {
      this.running--;
      this.schedule();
    }
  }

  private async settle(batch: Waiting<In, Out>[], alone = false): Promise<void> {
    try {
      const items = batch.map((waiting) => waiting.item);
      const results = await this.run(items, alone);
      batch.forEach((waiting, i) => waiting.resolve(results[i]!));
    } catch (error) {
      if (batch.length === 1 || isOutage(error)) return batch.forEach((waiting) => waiting.reject(error));
      const contended = error instanceof ContentionError;
      await atOnce(contended ? ALONE_AT_ONCE : 1, batch, (waiting) => this.settle([waiting], contended));
    }
  }
}
