import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { EnvironmentError, readEnv, serviceEnv } from './service.env.ts';

const env = serviceEnv('orders', { DATABASE_URL: z.url() });
const right = { DATABASE_URL: 'postgres://127.0.0.1/orders' };

const mistakesOf = (source: Record<string, string>): string => {
  try {
    readEnv(env, source);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return (error as Error).message;
  }
};

describe('the environment of a service', () => {
  it.each([
    ['production', 'FAULT_POINTS', 'on'],
    ['development', 'FAULT_POINTS', 'on'],
    ['production', 'SABOTAGE', 'inbox-off'],
    ['development', 'SABOTAGE', 'outbox-skipped'],
  ])('in %s refuses %s=%s, and says why', (NODE_ENV, name, value) => {
    expect(mistakesOf({ ...right, NODE_ENV, [name]: value })).toBe(
      `orders cannot start, its environment has 1 mistake(s):\n` +
        `  ${name}: breaks this process on purpose and is for tests only (NODE_ENV=test). Unset it.`,
    );
  });

  it('is that of production where NODE_ENV is not set, and opens the management port to this machine alone', () => {
    for (const source of [right, { ...right, NODE_ENV: '' }, { ...right, HOST: '0.0.0.0' }]) {
      expect(readEnv(env, source)).toMatchObject({ NODE_ENV: 'production', MANAGEMENT_HOST: '127.0.0.1' });
    }
    expect(mistakesOf({ ...right, NODE_ENV: 'prod' })).toContain('NODE_ENV');
  });

  it('refuses them where NODE_ENV is not set at all', () => {
    expect(mistakesOf({ ...right, FAULT_POINTS: 'on' })).toContain('FAULT_POINTS');
  });

  it('allows them in a test', () => {
    const source = { ...right, NODE_ENV: 'test', FAULT_POINTS: 'on', SABOTAGE: 'row-lock-off' };
    expect(readEnv(env, source)).toMatchObject({ FAULT_POINTS: 'on', SABOTAGE: 'row-lock-off' });
  });

  it('tells every mistake at once', () => {
    const mistakes = mistakesOf({ NODE_ENV: 'production', MANAGEMENT_PORT: 'x', SABOTAGE: 'inbox-off' });
    for (const name of ['MANAGEMENT_PORT', 'DATABASE_URL', 'SABOTAGE']) expect(mistakes).toContain(name);
  });
});
