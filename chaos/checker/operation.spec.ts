import { describe, expect, it } from '@jest/globals';
import { type Attempt, stateOf } from './operation.ts';

describe('an operation', () => {
  const of = (...outcomes: Attempt['outcome'][]) =>
    stateOf({ attempts: outcomes.map((outcome) => ({ outcome, said: '', breaches: [] })) });

  it('is unknown until somebody has said what became of it', () => {
    expect(of()).toBe('invoked');
    expect(of('unavailable', 'refused')).toBe('failed');
    expect(of('unknown', 'unavailable')).toBe('unknown');
    expect(of('unknown', 'unavailable', 'ok')).toBe('ok');
  });
});
