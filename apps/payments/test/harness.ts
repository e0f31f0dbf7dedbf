import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import Stripe from 'stripe';
import { type Failure, GetPayments, type Payment, PaymentChanged, ReceiveWebhook } from '@caravan/contracts';
import { startTestService, type TestService } from '@caravan/testing';
import { paymentsEnv } from '../src/payments.env.ts';
import { PaymentsModule } from '../src/payments.module.ts';

const STRIPE_SECRET_KEY = 'sk_test_harness';
const SECRET = 'whsec_harness';
/** It goes when whoever started it is gone, however that went. */
const WITH_PARENT = "data:text/javascript,process.stdin.resume().on('end',()=>process.exit())";
const SANDBOX = new URL('../../card-processor/src/main.ts', import.meta.url).pathname;

interface LedgerLine {
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
  authorizations: number;
  captures: number;
  refunds: number;
}

/** The service on real servers, the card processor's sandbox beside it, and a door through which its notices come. */
export class Harness {
  private constructor(
    readonly test: TestService,
    private readonly sandbox: ChildProcess,
    private readonly door: Server,
    private readonly base: string,
  ) {}

  static async start(timeoutMs = 1000): Promise<Harness> {
    const holder: { test?: TestService } = {};
    const door = createServer((request, response) => {
      void text(request)
        .then((payload) => {
          const signature = String(request.headers['stripe-signature']);
          return holder.test?.ask(ReceiveWebhook, { payload, signature });
        })
        .then(
          () => response.end(),
          () => response.writeHead(503).end(),
        );
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port: doorPort } = door.address() as AddressInfo;
    const { sandbox, port } = await startSandbox(`http://127.0.0.1:${doorPort}`);
    const base = `http://127.0.0.1:${port}`;
    holder.test = await startTestService(PaymentsModule, paymentsEnv, {
      STRIPE_API_BASE: base,
      STRIPE_SECRET_KEY,
      STRIPE_WEBHOOK_SECRET: `whsec_before, ${SECRET}`,
      STRIPE_TIMEOUT_MS: String(timeoutMs),
    });
    return new Harness(holder.test, sandbox, door, base);
  }

  async payment(orderId: string): Promise<Payment | undefined> {
    return (await this.test.ask(GetPayments, { orderIds: [orderId] })).payments[0];
  }

  /** What truly happened at the processor. */
  async ledger(orderId: string): Promise<LedgerLine | undefined> {
    const answer = await fetch(`${this.base}/sandbox/ledger?orderId=${orderId}`);
    return ((await answer.json()) as LedgerLine[])[0];
  }

  async faults(...faults: object[]): Promise<void> {
    const answer = await fetch(`${this.base}/sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ faults }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** Sends a notice of our own making; answers with the failure's code or `ok`. */
  async notice(event: object, { secret = SECRET, ageS = 0 } = {}): Promise<string> {
    const payload = JSON.stringify(event);
    const timestamp = Math.floor(Date.now() / 1000) - ageS;
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    return this.receive(payload, signature);
  }

  receive(payload: string, signature: string): Promise<string> {
    return this.test.ask(ReceiveWebhook, { payload, signature }).then(
      () => 'ok',
      (failure: Failure) => failure.code,
    );
  }

  /** What a person does in the processor's dashboard. */
  get dashboard(): Stripe {
    const { port } = new URL(this.base);
    return new Stripe(STRIPE_SECRET_KEY, { host: '127.0.0.1', port, protocol: 'http' });
  }

  /** The order's intent at the processor, the newest if there are several. */
  async intentOf(orderId: string): Promise<string> {
    const { data } = await this.dashboard.paymentIntents.search({
      query: `metadata['order_id']:'${orderId}'`,
    });
    if (!data[0]) throw new Error(`the processor has no intent of ${orderId}`);
    return data[0].id;
  }

  /** Moves the processor's time on; what becomes due there happens before this answers. */
  async advance(ms: number): Promise<void> {
    const answer = await fetch(`${this.base}/sandbox/clock`, {
      method: 'POST',
      body: JSON.stringify({ advanceMs: ms }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async metric(name: string): Promise<number> {
    const metrics = await (await fetch(`${this.test.service.managementUrl}/metrics`)).text();
    const values = [...metrics.matchAll(new RegExp(`^${name}\\S* (\\d+)$`, 'gm'))];
    return values.reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** What the order would hear of its payment. */
  changes(orderId: string): string[] {
    return this.test
      .said(PaymentChanged)
      .filter((change) => change.orderId === orderId)
      .map(({ what, attention }) => (attention ? `${what}!` : what));
  }

  /** An intent that the service knows nothing of, set aside at the processor under the order's name. */
  async chargeBehind(orderId: string): Promise<string> {
    const intent = await this.dashboard.paymentIntents.create({
      amount: 1999,
      currency: 'eur',
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: true,
      metadata: { order_id: orderId },
    });
    return intent.id;
  }

  async stop(): Promise<void> {
    await this.test.stop();
    this.sandbox.kill();
    this.door.closeAllConnections();
    this.door.close();
  }
}

/** From its sources, as a process of its own; it says in its log where it listens. */
async function startSandbox(webhookUrl: string): Promise<{ sandbox: ChildProcess; port: number }> {
  const sandbox = spawn(
    process.execPath,
    ['--experimental-transform-types', '--no-warnings', '--import', WITH_PARENT, SANDBOX],
    {
      env: {
        NODE_ENV: 'test',
        PORT: '0',
        STRIPE_SECRET_KEY,
        STRIPE_WEBHOOK_SECRET: SECRET,
        WEBHOOK_URL: webhookUrl,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface({ input: sandbox.stdout! })) {
    const { msg, port } = JSON.parse(line) as { msg?: string; port?: number };
    if (msg !== 'ready' || !port) continue;
    sandbox.stdout!.resume();
    return { sandbox, port };
  }
  throw new Error('the sandbox did not start');
}
