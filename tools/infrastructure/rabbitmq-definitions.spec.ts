import { describe, expect, it } from '@jest/globals';
import { SUBSCRIPTIONS } from '../../libs/contracts/src/index.ts';
import { deliveryPolicy, passwordHash, rabbitmqDefinitions } from './rabbitmq-definitions.ts';

describe('the definitions of the private broker', () => {
  it("hash the password as RabbitMQ's own documentation does", () => {
    // The worked example of rabbitmq.com/docs/passwords: salt 908D C60A, password test12.
    expect(passwordHash('test12', Buffer.from('908DC60A', 'hex'))).toBe(
      'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
    );
  });

  it('never hold it in the clear, and open every virtual host to its user', () => {
    const text = rabbitmqDefinitions('caravan', 'secret-word', ['/', 'e2e']);
    expect(text).not.toContain('secret-word');
    const { vhosts, permissions } = JSON.parse(text) as { vhosts: unknown; permissions: { vhost: string }[] };
    expect(vhosts).toEqual([{ name: '/' }, { name: 'e2e' }]);
    expect(permissions.map(({ vhost }) => vhost)).toEqual(['/', 'e2e']);
  });

  it('spend no deliveries of messages that are all right: a limit for every quorum queue, on every virtual host', () => {
    const { policies } = JSON.parse(rabbitmqDefinitions('caravan', 'x', ['/', 'e2e'])) as {
      policies: { vhost: string; pattern: string; definition: Record<string, number> }[];
    };
    expect(policies.map(({ vhost }) => vhost)).toEqual(['/', 'e2e']);
    for (const { definition } of policies) expect(definition['delivery-limit']).toBeGreaterThan(100_000);
    const queue = new RegExp(deliveryPolicy.pattern);
    for (const service of Object.keys(SUBSCRIPTIONS)) {
      expect(service).toMatch(queue);
      expect(`${service}.dead`).toMatch(queue);
      expect(`${service}.rpc`).not.toMatch(queue);
    }
    for (const step of [1, 2, 3, 4, 5]) expect(`caravan.retry.${step}`).toMatch(queue);
    expect('payments-of-somebody-else').not.toMatch(queue);
  });
});
