import { expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { judgeSignature } from './signature.ts';

const NOW = 1_800_000_000;
const sign = (time: string, secret = 'whsec_1', payload = '{}') =>
  createHmac('sha256', secret).update(`${time}.${payload}`).digest('hex');
const judge = (header: string) => judgeSignature('{}', header, ['whsec_0', 'whsec_1'], NOW);

it.each([0, 299, -299])('takes what any of the secrets has signed near now: %d s', (by) => {
  const time = String(NOW + by);
  expect(judge(`t=${time},v1=${sign(time)}`)).toBe('good');
  expect(judge(`t=${time},v1=00,v0=x,v1=${sign(time, 'whsec_0')}`)).toBe('good');
});

it.each([
  'NaN',
  '',
  '-1',
  '1e9',
  '1.8e9',
  ' ',
  '0x6b49d200',
  'Infinity',
  String(NOW * 1000),
  String(NOW + 3600),
  '0',
])('a signed time that is none, or not near now, is stale: %j', (time) => {
  expect(judge(`t=${time},v1=${sign(time)}`)).toBe('stale');
});

it.each([
  '',
  'garbage',
  ',,,',
  '=,=',
  `v1=${sign(String(NOW))}`,
  `t=${NOW}`,
  `t=${NOW},v1=`,
  `t=${NOW},v1=${'0'.repeat(64)}`,
  `t=${NOW},v1=é`,
  `t=${NOW},v0=${sign(String(NOW))}`,
  `t=${NOW},v1=${sign(String(NOW), 'whsec_of_another')}`,
])('anything that no secret has signed is bad: %j', (header) => {
  expect(judge(header)).toBe('bad');
});

it('a time told twice is none', () => {
  expect(judge(`t=${NOW},t=${NOW},v1=${sign(String(NOW))}`)).toBe('stale');
});
