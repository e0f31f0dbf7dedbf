import type { Planned } from './system-plan.ts';

/** What the environment of the processes is made of. */
export interface Surroundings {
  mode: 'development' | 'test';
  rabbitmqUrl: string;
  redisUrl?: string;
  databaseUrls: ReadonlyMap<string, string>;
  /** The ports of all replicas, by process name. */
  ports: ReadonlyMap<string, number[]>;
  /** The management ports of all replicas, by process name. */
  managementPorts: ReadonlyMap<string, number[]>;
  stripeSecretKey: string;
  stripeWebhookSecret: string;
  demoData: boolean;
  mailFolder: string;
  cardProcessorFolder: string;
  plain: Record<string, string>;
  /** What the person who starts it may set in their own shell. */
  outside: Readonly<Record<string, string | undefined>>;
}

/**
 * The events that the webhook endpoint subscribes to, as it should at Stripe: those that tell what the answer of a call cannot.
 * Not `payment_intent.succeeded`: every capture would be told twice. apps/payments/README.md says the same.
 */
export const WEBHOOK_EVENTS = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
];

/** Settings of single processes, with defaults of their own, that are passed on when somebody sets them. */
const passedOn: Record<string, RegExp> = {
  gateway: /^(RATE_LIMIT_[A-Z_]+|MAX_[A-Z_]+|TRUST_PROXY_HOPS|ALLOWED_ORIGINS|REQUEST_DEADLINE_MS)$/,
  orders: /^DATABASE_POOL$/,
  payments: /^STRIPE_TIMEOUT_MS$/,
  notifications: /^MAIL_(RATE|ATTEMPTS)$/,
  'card-processor': /^WEBHOOK_EVENTS$/,
};

/** Settings that a person may override from outside, whichever process reads them. */
const overridable = [
  'LOG_LEVEL',
  'ORDER_WAIT_MS',
  'SHUTDOWN_GRACE_MS',
  'STRIPE_API_BASE',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'SMTP_URL',
  'MAIL_FROM',
];

/** `orders=http://127.0.0.1:9084/health/ready,…`: what the gateway's front page links. */
const healthUrls = (ports: ReadonlyMap<string, number[]>): string =>
  [...ports]
    .flatMap(([name, own]) => own.map((port) => `${name}=http://127.0.0.1:${port}/health/ready`))
    .join();

/** The whole environment of one process. Each gets what it reads and nothing else: no service sees another's database. */
export function environmentOf(process: Planned, around: Surroundings): Record<string, string> {
  const addresses = (name: string): string[] =>
    (around.ports.get(name) ?? []).map((port) => `http://127.0.0.1:${port}`);
  const gateway = addresses('gateway')[0] ?? '';
  const broker = { RABBITMQ_URL: around.rabbitmqUrl };
  const stripe = {
    STRIPE_SECRET_KEY: around.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: around.stripeWebhookSecret,
  };
  const own: Record<string, Record<string, string>> = {
    gateway: {
      ...broker,
      ...(around.redisUrl ? { REDIS_URL: around.redisUrl } : {}),
      BFF_WEB_URL: addresses('bff-web').join(),
      BFF_MOBILE_URL: addresses('bff-mobile').join(),
      PUBLIC_URL: gateway,
      HEALTH_URLS: healthUrls(around.managementPorts),
    },
    'bff-web': broker,
    'bff-mobile': broker,
    users: { ...broker, DEMO_DATA: String(around.demoData) },
    orders: { ...broker, ORDER_WAIT_MS: '2000' },
    payments: { ...broker, ...stripe, STRIPE_API_BASE: addresses('card-processor')[0] ?? '' },
    inventory: { ...broker, DEMO_DATA: String(around.demoData) },
    notifications: {
      ...broker,
      SMTP_URL: `smtp://127.0.0.1:${around.ports.get('mail-sink')?.[0] ?? 0}`,
      MAIL_FROM: 'Caravan <shop@caravan.example>',
    },
    'card-processor': {
      ...stripe,
      WEBHOOK_URL: `${gateway}/v1/webhooks/payments`,
      WEBHOOK_EVENTS: WEBHOOK_EVENTS.join(),
      CARD_PROCESSOR_DATA: around.cardProcessorFolder,
    },
    'mail-sink': { MAIL_FOLDER: around.mailFolder },
  };
  const database = around.databaseUrls.get(process.name);
  const env: Record<string, string> = {
    ...around.plain,
    NODE_ENV: around.mode,
    LOG_LEVEL: 'info',
    SHUTDOWN_GRACE_MS: '10000',
    REPLICA: String(process.replica),
    ...(process.port === undefined ? {} : { PORT: String(process.port) }),
    ...(process.managementPort === undefined ? {} : { MANAGEMENT_PORT: String(process.managementPort) }),
    ...(database === undefined ? {} : { DATABASE_URL: database }),
    ...own[process.name],
  };
  for (const name of overridable) {
    const value = around.outside[name];
    if (value !== undefined && env[name] !== undefined) env[name] = value;
  }
  const pattern = passedOn[process.name];
  for (const [name, value] of Object.entries(around.outside))
    if (value !== undefined && pattern?.test(name)) env[name] = value;
  return env;
}
