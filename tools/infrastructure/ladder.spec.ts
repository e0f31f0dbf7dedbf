import { describe, expect, it } from '@jest/globals';
import { type Facts, advice, chooseRung } from './ladder.ts';

const nothing: Facts = {
  given: undefined,
  program: undefined,
  whyNoDocker: 'no docker command',
  apt: undefined,
};

describe('the ladder to the infrastructure', () => {
  it('takes a given URL before all else', () => {
    const choice = chooseRung('rabbitmq', {
      ...nothing,
      given: 'amqp://x',
      program: '/usr/sbin/rabbitmq-server',
    });
    expect(choice).toMatchObject({ rung: 'given', why: 'RABBITMQ_URL is set' });
  });

  it('runs a private instance of what the machine has, before Docker', () => {
    const choice = chooseRung('redis', {
      ...nothing,
      program: '/usr/bin/redis-server',
      whyNoDocker: undefined,
    });
    expect(choice).toMatchObject({ rung: 'private', why: 'found /usr/bin/redis-server' });
  });

  it('says so when apt-get has brought the program', () => {
    const choice = chooseRung('rabbitmq', {
      ...nothing,
      program: '/usr/sbin/rabbitmq-server',
      apt: 'installed',
    });
    expect(choice).toMatchObject({ rung: 'private', why: 'rabbitmq-server was installed with apt-get' });
  });

  it('takes a running Docker engine when the machine has no server', () => {
    expect(chooseRung('postgres', { ...nothing, whyNoDocker: undefined }).rung).toBe('compose');
  });

  it('tells everything that was tried, and what to do, when nothing holds', () => {
    const choice = chooseRung('rabbitmq', { ...nothing, apt: 'apt-get failed: E: Unable to locate package' });
    expect(choice.rung).toBe('none');
    expect(choice.tried).toEqual([
      'RABBITMQ_URL is not set',
      'no rabbitmq-server on this machine',
      'no docker command',
      'apt-get: apt-get failed: E: Unable to locate package',
    ]);
    expect(advice('rabbitmq').join('\n')).toContain('apt-get install rabbitmq-server');
  });
});
