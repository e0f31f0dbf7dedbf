import { createHash, randomBytes } from 'node:crypto';
import { SUBSCRIPTIONS } from '../../libs/contracts/src/index.ts';

/**
 * RabbitMQ 4 drops or dead-letters what a quorum queue has given out 20 times. A service that is restarted, or dies in a loop, and each
 * look into a dead-letter queue spend deliveries of messages that are all right. Services count attempts themselves; the broker's limit
 * is set so high that it only ends loops of days. A policy can be changed at any time, an argument of a queue cannot.
 */
export const deliveryPolicy = {
  name: 'caravan-deliveries',
  pattern: `^(?:(?:${Object.keys(SUBSCRIPTIONS).join('|')})(?:\\.dead)?|caravan\\.retry\\.[0-9]+)$`,
  'apply-to': 'queues',
  definition: { 'delivery-limit': 1_000_000 },
  priority: 0,
} as const;

/** RabbitMQ's own salted form of a password (rabbitmq.com/docs/passwords: base64(salt + sha256(salt + password))). */
export function passwordHash(password: string, salt = randomBytes(4)): string {
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

/** The definitions file that gives a new node one administrator and these virtual hosts. */
export function rabbitmqDefinitions(user: string, password: string, vhosts: string[]): string {
  return JSON.stringify({
    users: [
      {
        name: user,
        password_hash: passwordHash(password),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: 'administrator',
      },
    ],
    vhosts: vhosts.map((name) => ({ name })),
    permissions: vhosts.map((vhost) => ({ user, vhost, configure: '.*', write: '.*', read: '.*' })),
    policies: vhosts.map((vhost) => ({ vhost, ...deliveryPolicy })),
  });
}
