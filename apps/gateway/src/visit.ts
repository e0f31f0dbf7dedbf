import type { Client } from './client.ts';

/** One request from its head to the end of its answer, or to the moment its sender is gone. */
export class Visit {
  /** What is to be given up when the sender goes before the answer. */
  cancel: (() => void) | undefined;
  /** Bytes that are kept free for its body. */
  bodyBytes = 0;
  /** Whose place it has among the requests in flight; undefined until its body is read, '' without a token. */
  customer: string | undefined;
  private over = false;

  constructor(
    readonly client: Client,
    private readonly onEnd: (visit: Visit) => void,
  ) {}

  end(): void {
    if (this.over) return;
    this.over = true;
    this.onEnd(this);
    this.cancel?.();
  }
}
