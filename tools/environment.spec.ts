import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type Surroundings, environmentOf, WEBHOOK_EVENTS } from './environment.ts';

const around: Surroundings = {
  mode: 'development',
  rabbitmqUrl: 'amqp://broker',
  redisUrl: 'redis://cache',
  databaseUrls: new Map([
    ['orders', 'postgres://orders'],
    ['users', 'postgres://users'],
  ]),
  ports: new Map([
    ['gateway', [8080]],
    ['bff-web', [8081, 8085]],
    ['bff-mobile', [8082]],
    ['card-processor', [8090]],
    ['mail-sink', [2525]],
  ]),
  managementPorts: new Map([
    ['gateway', [9080]],
    ['orders', [19_084, 19_085]],
  ]),
  stripeSecretKey: 'sk_test_1',
  stripeWebhookSecret: 'whsec_1',
  demoData: false,
  mailFolder: '/mail',
  cardProcessorFolder: '/cards',
  plain: { PATH: '/bin' },
  outside: {},
};
const process = (name: string) => ({ name, replica: 1, stage: 2 as const, managementPort: 9084 });

describe('the environment of a process', () => {
  it("holds the service's own database and nobody else's", () => {
    expect(environmentOf(process('orders'), around)).toMatchObject({
      NODE_ENV: 'development',
      REPLICA: '1',
      MANAGEMENT_PORT: '9084',
      RABBITMQ_URL: 'amqp://broker',
      DATABASE_URL: 'postgres://orders',
      ORDER_WAIT_MS: '2000',
    });
    expect(environmentOf(process('gateway'), around)).not.toHaveProperty('DATABASE_URL');
    expect(JSON.stringify(environmentOf(process('orders'), around))).not.toContain('postgres://users');
  });

  it('gives card keys only to who speaks to the card processor', () => {
    expect(environmentOf(process('payments'), around)).toMatchObject({
      STRIPE_API_BASE: 'http://127.0.0.1:8090',
      STRIPE_SECRET_KEY: 'sk_test_1',
    });
    expect(JSON.stringify(environmentOf(process('orders'), around))).not.toContain('sk_test_1');
  });

  it('tells the gateway every replica of the BFFs', () => {
    expect(environmentOf(process('gateway'), around)).toMatchObject({
      BFF_WEB_URL: 'http://127.0.0.1:8081,http://127.0.0.1:8085',
      BFF_MOBILE_URL: 'http://127.0.0.1:8082',
    });
  });

  it('tells the gateway where every process of this system answers probes', () => {
    expect(environmentOf(process('gateway'), around)).toHaveProperty(
      'HEALTH_URLS',
      'gateway=http://127.0.0.1:9080/health/ready,orders=http://127.0.0.1:19084/health/ready,orders=http://127.0.0.1:19085/health/ready',
    );
  });

  it('subscribes the webhook endpoint to the events that the README of payments names', () => {
    const { WEBHOOK_EVENTS: subscribed } = environmentOf(process('card-processor'), around);
    const readme = readFileSync(new URL('../apps/payments/README.md', import.meta.url), 'utf8');
    const section = readme.split('### The webhook endpoint')[1]?.split('\n\n')[1] ?? '';
    const named = [...section.matchAll(/`((?:payment_intent|charge|refund)\.[a-z_.]+)`/g)].map(
      ([, type]) => type,
    );
    expect(subscribed?.split(',')).toEqual(WEBHOOK_EVENTS);
    expect(named).toEqual(WEBHOOK_EVENTS);
  });

  it('leaves Redis out where there is none', () => {
    expect(environmentOf(process('gateway'), around)).toHaveProperty('REDIS_URL', 'redis://cache');
    expect(environmentOf(process('gateway'), { ...around, redisUrl: undefined })).not.toHaveProperty(
      'REDIS_URL',
    );
  });

  it('lets the person who starts it override what a process reads, and adds nothing that it does not', () => {
    const outside = { ORDER_WAIT_MS: '0', LOG_LEVEL: 'debug' };
    expect(environmentOf(process('orders'), { ...around, outside })).toMatchObject(outside);
    expect(environmentOf(process('users'), { ...around, outside })).not.toHaveProperty('ORDER_WAIT_MS');
    const limits = { RATE_LIMIT_AUTH: '0' };
    expect(environmentOf(process('gateway'), { ...around, outside: limits })).toMatchObject(limits);
    expect(environmentOf(process('users'), { ...around, outside: limits })).not.toHaveProperty(
      'RATE_LIMIT_AUTH',
    );
  });
});
