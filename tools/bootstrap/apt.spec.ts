import { describe, expect, it } from '@jest/globals';
import { type Machine, serversToInstall } from './apt.mjs';

const bare: Machine = {
  env: {},
  isRoot: () => true,
  has: (program) => program === 'apt-get',
  distribution: () => 'NAME="Debian GNU/Linux"\nID=debian\n',
  dockerRuns: () => Promise.resolve(false),
};
const names = async (machine: Partial<Machine>): Promise<string[]> =>
  (await serversToInstall({ ...bare, ...machine })).map(({ server }) => server);

describe('the rung of apt-get', () => {
  it('is taken by root on a bare Debian or Ubuntu', async () => {
    expect(await names({})).toEqual(['rabbitmq-server', 'redis-server']);
    expect(await names({ distribution: () => 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' })).toHaveLength(2);
  });

  it('brings only what is missing', async () => {
    expect(await names({ has: (program) => ['apt-get', 'redis-server'].includes(program) })).toEqual([
      'rabbitmq-server',
    ]);
    expect(await names({ env: { RABBITMQ_URL: 'amqp://x' } })).toEqual(['redis-server']);
    expect(await names({ env: { RABBITMQ_URL: 'amqp://x', REDIS_URL: 'redis://x' } })).toEqual([]);
  });

  it.each<[string, Partial<Machine>]>([
    ['somebody who is not root', { isRoot: () => false }],
    ['another distribution', { distribution: () => 'ID=fedora\n' }],
    ['a machine without apt-get', { has: () => false }],
    ['a machine with a running Docker engine', { dockerRuns: () => Promise.resolve(true) }],
  ])('is not for %s', async (_who, machine) => {
    expect(await names(machine)).toEqual([]);
  });
});
