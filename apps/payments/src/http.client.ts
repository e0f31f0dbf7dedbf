import Stripe from 'stripe';
import { Agent, request } from 'undici';
import { faultPoint } from '@caravan/platform';

const SOCKETS = 256;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * The SDK's way out, on undici. Unlike the SDK's own it has a deadline for the whole exchange (a drip does not extend it),
 * bounds the answer, and never hands the SDK anything but an object: it would break on a bare JSON string.
 */
export class HttpClient extends Stripe.HttpClient {
  private readonly agent = new Agent({
    connections: SOCKETS,
    pipelining: 1,
    maxResponseSize: MAX_ANSWER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  override getClientName(): string {
    return 'undici';
  }

  override async makeRequest(
    host: string,
    port: string,
    path: string,
    method: string,
    headers: object,
    body: string,
    protocol: string,
    timeoutMs: number,
  ): Promise<Answer> {
    await faultPoint('payments.before-processor');
    const { signal, clear } = deadlineIn(timeoutMs);
    try {
      const answer = await request(`${protocol}://${host}:${port}${path}`, {
        dispatcher: this.agent,
        method: method as 'GET' | 'POST',
        headers: headers as Record<string, string>,
        body: method === 'GET' ? null : body,
        signal,
      });
      const text = await answer.body.text();
      await faultPoint('payments.after-processor');
      return new Answer(answer.statusCode, answer.headers as Record<string, string>, text);
    } catch (error) {
      throw signal.aborted ? Stripe.HttpClient.makeTimeoutError() : error;
    } finally {
      clear();
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

/** AbortSignal.timeout() cannot be called off: each would fire and make an error long after its call was answered. */
function deadlineIn(ms: number): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

class Answer {
  constructor(
    private readonly status: number,
    private readonly headers: Record<string, string>,
    private readonly text: string,
  ) {}

  getStatusCode(): number {
    return this.status;
  }

  getHeaders(): Record<string, string> {
    return this.headers;
  }

  getRawResponse(): object {
    return { statusCode: this.status };
  }

  toStream(): never {
    throw new Error('Answers of the card processor are not streamed');
  }

  async toJSON(): Promise<object> {
    const body: unknown = this.parse();
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    const error = isObject && 'error' in body ? body.error : undefined;
    if (this.status < 400 && isObject && error === undefined) return body;
    if (this.status >= 400 && isObject && typeof error === 'object' && error !== null) return body;
    return { error: { type: 'nonsense', message: `${this.text.length} characters that are no answer` } };
  }

  private parse(): unknown {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}
