import { describe, expect, it } from '@jest/globals';
import { parseFlags } from './flags.ts';

describe('the flags of npm run chaos', () => {
  it('lists when nothing is asked', () => {
    expect(parseFlags([]).command).toBe('list');
  });

  it('takes the seed from the clock unless it is given', () => {
    expect(parseFlags(['all'], 4711).seed).toBe(4711);
    expect(parseFlags(['all', '--seed', '7'], 4711).seed).toBe(7);
  });

  it('runs what is named', () => {
    const flags = parseFlags(['run', 'kill-orders', 'broker', '--orders', '20', '--replicas', '2']);
    expect(flags).toMatchObject({ names: ['kill-orders', 'broker'], orders: 20, replicas: 2 });
  });

  it.each([
    [['walk'], 'what is "walk"?'],
    [['run'], 'run what?'],
    [['figures'], 'figures what?'],
    [['all', '--fast'], 'there is no flag --fast.'],
    [['all', 'kill-orders'], 'what is "kill-orders"?'],
    [['all', '--replicas', '0'], '--replicas: a number from 1 to 5'],
    [['soak', '--minutes', 'ten'], '--minutes: a number from 0.1 to 1440'],
  ])('refuses %j in words', (args, words) => {
    expect(() => parseFlags(args)).toThrow(words);
  });
});
