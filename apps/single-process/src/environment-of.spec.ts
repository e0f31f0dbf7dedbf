import { expect, it } from '@jest/globals';
import { environmentOf } from './environment-of.ts';

it('prefers what is written for one service to what is written for all', () => {
  const all = {
    LOG_LEVEL: 'info',
    BFF_WEB_URL: 'http://web',
    BFF_WEB__PORT: '8081',
    ORDERS__LOG_LEVEL: 'debug',
  };
  expect(environmentOf('orders', all).LOG_LEVEL).toBe('debug');
  expect(environmentOf('users', all).LOG_LEVEL).toBe('info');
  expect(environmentOf('bff-web', all).PORT).toBe('8081');
  expect(environmentOf('gateway', all).BFF_WEB_URL).toBe('http://web');
  expect(environmentOf('gateway', all).PORT).toBeUndefined();
});
