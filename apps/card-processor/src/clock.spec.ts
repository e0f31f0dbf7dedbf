import { expect, it } from '@jest/globals';
import { Clock } from './clock.ts';

const DAY = 86_400_000;

it('runs what becomes due in the order of its time, and nothing else', () => {
  const clock = new Clock();
  const ran: string[] = [];
  clock.in(2 * DAY, () => ran.push('second'));
  clock.in(DAY, () => ran.push('first'));
  clock.in(3 * DAY, () => ran.push('third'));
  const cancel = clock.in(DAY, () => ran.push('cancelled'));
  cancel();
  clock.advance(2 * DAY + 1);
  expect(ran).toEqual(['first', 'second']);
  clock.advance(DAY);
  expect(ran).toEqual(['first', 'second', 'third']);
});

it('lets a timer cancel one that is due in the same move', () => {
  const clock = new Clock();
  const ran: string[] = [];
  clock.in(DAY, () => {
    ran.push('first');
    cancel();
  });
  const cancel = clock.in(2 * DAY, () => ran.push('second'));
  clock.advance(3 * DAY);
  expect(ran).toEqual(['first']);
});

it('tells the moved time', () => {
  const clock = new Clock();
  const before = Date.now();
  clock.advance(DAY);
  expect(clock.now()).toBeGreaterThanOrEqual(before + DAY);
  expect(clock.offsetMs).toBe(DAY);
});

it('waits for timers that are longer than setTimeout takes', () => {
  const clock = new Clock();
  let ran = false;
  clock.in(60 * DAY, () => (ran = true));
  clock.advance(59 * DAY);
  expect(ran).toBe(false);
  clock.advance(DAY + 1);
  expect(ran).toBe(true);
});
