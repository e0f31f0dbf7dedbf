import { deadlineExceeded, unavailable } from '@caravan/contracts';
import type { Dispatcher } from 'undici';
import { badUpstream } from './gateway.errors.ts';
import type { Visit } from './visit.ts';

/** One request to a BFF. `deadline`: by `performance.now()`. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer;
  readonly deadline: number;
  /** For whom; when it ends first, the call is given up. */
  readonly visit: Visit;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const MAX_ANSWER = 16 * 1024 * 1024;

/** One call and its whole answer, on undici's lowest floor: no streams, no signals, one timer. */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private status = 0;
  private headers: Answer['headers'] = {};
  private controller: Dispatcher.DispatchController | undefined;
  private settled = false;
  private timer: NodeJS.Timeout | undefined;
  private resolve!: (answer: Answer) => void;
  private reject!: (error: Error) => void;

  constructor(private readonly call: Call) {}

  /**
   * Takes place once. Rejects with the connection's own error when it could not be sent at all.
   * @throws Failure `caravan.deadline-exceeded`, `gateway.bad-upstream`
   */
  over(dispatcher: Dispatcher): Promise<Answer> {
    const { method, path, headers, body, deadline, visit } = this.call;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.timer = setTimeout(
        () => this.giveUp(deadlineExceeded('The shop')),
        Math.max(0, deadline - performance.now()),
      );
      // Every visit ends with this call; the error, with its stack, is made only when something is given up.
      visit.cancel = () => {
        if (!this.settled) this.giveUp(unavailable('The client'));
      };
      dispatcher.dispatch({ method, path, headers, body: body ?? null }, this);
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settled) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Answer['headers'],
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > MAX_ANSWER) this.giveUp(badUpstream());
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.settle()) return;
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    this.resolve({ status: this.status, headers: this.headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // Without a start nothing was written: the error tells why there is no connection.
    if (this.settle()) this.reject(this.controller === undefined ? error : badUpstream());
  }

  private giveUp(reason: Error): void {
    if (!this.settle()) return;
    this.reject(reason);
    this.controller?.abort(reason);
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    return true;
  }
}
