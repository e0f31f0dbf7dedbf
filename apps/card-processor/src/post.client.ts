import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { sign } from './signature.ts';

/** The receiver answers within some 100 ms, so that this many connections carry several hundred webhooks a second. */
const CONNECTIONS = 64;
const TIMEOUT_MS = 10_000;

/** Signs and posts one webhook. Signatures carry the machine's time, whatever the sandbox's clock says. */
export class PostClient {
  private readonly url: URL;
  private readonly agent: HttpAgent;

  constructor(
    url: string,
    private readonly secret: string,
  ) {
    this.url = new URL(url);
    const Agent = this.url.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  }

  /** The status of the answer; 0 when none came. */
  post(
    payload: string,
    { wrong = false, ageSeconds = 0 }: { wrong?: boolean; ageSeconds?: number } = {},
  ): Promise<number> {
    const at = Math.floor(Date.now() / 1000) - ageSeconds;
    const secret = wrong ? `${this.secret}-wrong` : this.secret;
    const request = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve) => {
      const call = request(this.url, {
        method: 'POST',
        agent: this.agent,
        timeout: TIMEOUT_MS,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Length': Buffer.byteLength(payload),
          'Stripe-Signature': sign(payload, secret, at),
          'User-Agent': 'Stripe/1.0 (Caravan sandbox)',
        },
      });
      call.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(0));
      call.on('close', () => resolve(0));
      call.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
