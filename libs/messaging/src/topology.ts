import type { Channel } from 'amqplib';
import {
  contractOf,
  deadLetterQueue,
  durableTypesOf,
  hasSubscriber,
  redriveKey,
  requestQueue,
  SagaReply,
  SUBSCRIPTIONS,
  workQueue,
} from '@caravan/contracts';
import { RETRY_STEPS_MS } from './retries.ts';

/** Everything Caravan declares on the broker, in one place. Declared by each process at each connect; all of it is idempotent. */
export const EXCHANGE = 'caravan';
const RETRY_EXCHANGE = 'caravan.retry';

export { deadLetterQueue, requestQueue, workQueue };
export const retryKey = (service: string, step: number) => `retry.${service}.${step}`;
/** The routing key of an answer to a saga: only the service that asked hears it. */
export const replyKey = (service: string) => `saga.reply.${service}`;

/** Whether somebody must take it: everything but an event that nobody has subscribed to. */
export function isAwaited(type: string): boolean {
  return contractOf(type)?.kind !== 'event' || type === SagaReply.type || hasSubscriber(type);
}

/** The services that hear what is published under a routing key. */
export function subscribersOf(routingKey: string): string[] {
  return Object.keys(SUBSCRIPTIONS).filter(
    (service) =>
      durableTypesOf(service).includes(routingKey) ||
      routingKey === replyKey(service) ||
      routingKey === redriveKey(service),
  );
}

export const retryExchange = RETRY_EXCHANGE;

/** Quorum: replicated where there are several brokers. Limits are set by policy, not by arguments, which could never be changed. */
const QUORUM = { 'x-queue-type': 'quorum' } as const;
/** What leaves a queue by expiry is confirmed by the next queue before it is forgotten by this one. */
const AT_LEAST_ONCE = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' } as const;

export async function declareTopology(channel: Channel): Promise<void> {
  await Promise.all([
    channel.assertExchange(EXCHANGE, 'topic', { durable: true }),
    channel.assertExchange(RETRY_EXCHANGE, 'topic', { durable: true }),
  ]);
  await Promise.all([
    ...RETRY_STEPS_MS.map((_, step) => declareRetryStep(channel, step)),
    ...Object.keys(SUBSCRIPTIONS).map((service) => declareService(channel, service)),
  ]);
}

async function declareRetryStep(channel: Channel, step: number): Promise<void> {
  const queue = `${RETRY_EXCHANGE}.${step + 1}`;
  // Expired messages come back to the main exchange under their own key, which the service's queue is bound to.
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { ...QUORUM, ...AT_LEAST_ONCE, 'x-dead-letter-exchange': EXCHANGE },
  });
  await channel.bindQueue(queue, RETRY_EXCHANGE, `retry.*.${step}`);
}

async function declareService(channel: Channel, service: string): Promise<void> {
  await Promise.all([
    channel.assertQueue(workQueue(service), {
      durable: true,
      arguments: {
        ...QUORUM,
        ...AT_LEAST_ONCE,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': deadLetterQueue(service),
      },
    }),
    channel.assertQueue(deadLetterQueue(service), { durable: true, arguments: { ...QUORUM } }),
    // Requests are transient and expire with their asker's patience; the queue itself stays, so that they outlive a restart of the service.
    channel.assertQueue(requestQueue(service), { durable: true, arguments: { 'x-queue-type': 'classic' } }),
  ]);
  const keys = [...durableTypesOf(service), replyKey(service), `retry.${service}.*`];
  await Promise.all(keys.map((key) => channel.bindQueue(workQueue(service), EXCHANGE, key)));
}
