import { isNobodysFault } from './message.errors.ts';
import { MAX_BATCH } from './wire.ts';

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out | PromiseLike<Out>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns single calls into batches: what is added while the event loop turns, or while `inFlight` batches are under way,
 * goes together. At low load a batch is one item and waits for nothing.
 *
 * @param run handles a batch; one result (or promise of it) per item, in order. When it rejects, every item is run again alone, so that
 *   the one that is to blame fails by itself; but not when something is away: that would be asked once more for each.
 */
export class Batcher<In, Out> {
  private readonly waiting: Waiting<In, Out>[] = [];
  private running = 0;
  private scheduled = false;

  constructor(
    private readonly run: (items: In[]) => Promise<readonly (Out | PromiseLike<Out>)[]>,
    private readonly options: { readonly max?: number; readonly inFlight?: number } = {},
  ) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0 || this.running >= (this.options.inFlight ?? 1)) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.waiting.length > 0 && this.running < (this.options.inFlight ?? 1)) {
        void this.flush(this.waiting.splice(0, this.options.max ?? MAX_BATCH));
      }
    });
  }

  private async flush(batch: Waiting<In, Out>[]): Promise<void> {
    this.running++;
    try {
      await this.settle(batch);
    } finally {
      this.running--;
      this.schedule();
    }
  }

  private async settle(batch: Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await this.run(batch.map((waiting) => waiting.item));
      batch.forEach((waiting, i) => waiting.resolve(results[i]!));
    } catch (error) {
      if (batch.length === 1 || isNobodysFault(error))
        return batch.forEach((waiting) => waiting.reject(error));
      for (const waiting of batch) await this.settle([waiting]);
    }
  }
}
