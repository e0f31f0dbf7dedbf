import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Logger } from 'pino';
import type { Faults } from './fault.ts';
import { orderOf } from './intent.ts';
import type { Entry, EventType } from './outcome.ts';
import { sign } from './signature.ts';
import { toEvent } from './stripe.mapping.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
  /** The kinds of events it asked for; missing: all. */
  readonly events?: readonly string[];
  /** Wait before attempt n + 1, doubled each time up to `maxDelayMs`. */
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  readonly attempts?: number;
}

interface Delivery {
  readonly eventId: string;
  readonly payload: string;
  attempt: number;
}

const MAX_PENDING = 10_000;
const CONNECTIONS = 16;
const TIMEOUT_MS = 10_000;
const OLD_SECONDS = 3_600;

/** Tells the merchant what happened: signed, again until it is heard, at least once and in no promised order. */
export class WebhooksClient {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly url: URL;
  private readonly agent: HttpAgent;
  private pending = new Set<Delivery>();

  constructor(
    private readonly options: WebhookOptions,
    private readonly faults: Faults,
    private readonly delivered: (eventId: string) => void,
    private readonly log: Logger,
  ) {
    this.url = new URL(options.url);
    const Agent = this.url.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  }

  wants(event: EventType): boolean {
    return this.options.events?.includes(event) ?? true;
  }

  notify(entry: Entry): void {
    const { event = '', eventId = '', intent } = entry;
    const plan = this.faults.planDelivery(event, intent && orderOf(intent));
    if (plan.lost) return;
    if (this.pending.size >= MAX_PENDING) {
      this.log.warn(
        { event: eventId },
        'too many webhooks wait; this one is not sent, GET /v1/events shows it',
      );
      return;
    }
    const payload = JSON.stringify(toEvent(entry));
    for (let copy = 0; copy < plan.copies; copy += 1) {
      const delivery = { eventId, payload, attempt: 1 };
      this.pending.add(delivery);
      this.sendIn(plan.delayMs, delivery);
    }
    if (plan.badSignature) void this.post(payload, `${this.options.secret}-wrong`, 0);
    if (plan.old) void this.post(payload, this.options.secret, OLD_SECONDS);
    if (plan.unknownPayment && intent) {
      void this.post(payload.replaceAll(intent.id, 'pi_unknown00000000000000000'), this.options.secret, 0);
    }
  }

  /** Gives up everything that waits. */
  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.pending = new Set();
  }

  close(): void {
    this.clear();
    this.agent.destroy();
  }

  private sendIn(delayMs: number, delivery: Delivery): void {
    if (delayMs === 0) {
      void this.send(delivery);
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.send(delivery);
    }, delayMs).unref();
    this.timers.add(timer);
  }

  private async send(delivery: Delivery): Promise<void> {
    const status = await this.post(delivery.payload, this.options.secret, 0);
    if (!this.pending.has(delivery)) return;
    const { attempts = 16, firstDelayMs = 500, maxDelayMs = 15_000 } = this.options;
    const heard = status >= 200 && status < 300;
    if (!heard && delivery.attempt < attempts) {
      this.sendIn(Math.min(maxDelayMs, firstDelayMs * 2 ** (delivery.attempt - 1)), delivery);
      delivery.attempt += 1;
      return;
    }
    this.pending.delete(delivery);
    if (heard) this.delivered(delivery.eventId);
    else this.log.warn({ event: delivery.eventId, status, attempts }, 'webhook given up');
  }

  /** The status of the answer; 0 when none came. */
  private post(payload: string, secret: string, ageSeconds: number): Promise<number> {
    const at = Math.floor(Date.now() / 1000) - ageSeconds;
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
}
