import { describe, expect, it } from '@jest/globals';
import { passwordHash, rabbitmqDefinitions } from './rabbitmq-definitions.ts';

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
});
