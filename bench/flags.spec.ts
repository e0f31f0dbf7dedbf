import { describe, expect, it } from '@jest/globals';
import { parseFlags, SUBJECTS } from './flags.ts';

describe('the flags of the bench', () => {
  it('measure everything against both variants unless told', () => {
    expect(parseFlags([])).toMatchObject({
      only: [...SUBJECTS],
      against: ['generated', 'tuned', 'single'],
      rounds: 3,
    });
  });

  it('choose subjects and opponents', () => {
    const flags = parseFlags([
      '--only',
      'list,login',
      '--against',
      'none',
      '--concurrency',
      '1,64',
      '--replicas',
      'orders=2',
    ]);
    expect(flags).toMatchObject({
      only: ['list', 'login'],
      against: [],
      concurrency: [1, 64],
      replicas: { orders: 2 },
    });
  });

  it('say what is known when something is not', () =>
    expect(() => parseFlags(['--only', 'chekout'])).toThrow(/checkout, hot, list.*not "chekout"/));

  it('refuse what is no number of rounds', () =>
    expect(() => parseFlags(['--rounds', '0'])).toThrow(/--rounds: a number from 1 to 1000/));
});
