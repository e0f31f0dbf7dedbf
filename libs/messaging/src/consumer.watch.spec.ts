import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Channel } from 'amqplib';
import { ConsumerWatch } from './consumer.watch.ts';

interface Seen {
  readonly consumerCount: number;
  readonly messageCount: number;
}

/** A channel that sees this, look by look, the last for ever; undefined: the queue is gone. */
const channel = (...looks: (Seen | undefined)[]): Pick<Channel, 'checkQueue'> => ({
  async checkQueue(queue) {
    const seen = looks.length > 1 ? looks.shift() : looks[0];
    if (seen === undefined) throw new Error('404');
    return { queue, ...seen };
  },
});
const well = { consumerCount: 1, messageCount: 0 };
const nobody = { consumerCount: 0, messageCount: 0 };
const waiting = { consumerCount: 1, messageCount: 3 };

describe('a consumer that the broker has forgotten', () => {
  const said: string[] = [];
  let idle: boolean;
  let watch: ConsumerWatch;
  beforeEach(() => {
    jest.useFakeTimers();
    said.length = 0;
    idle = true;
    watch = new ConsumerWatch(
      'orders',
      () => idle,
      (reason) => said.push(reason),
    );
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  it.each([
    ['nobody is known to consume', nobody, '0 message(s) wait'],
    ['messages wait', waiting, '3 message(s) wait'],
  ])('is found out when %s at two looks in a row, and told of once', async (_, seen, words) => {
    watch.start(channel(well, seen));
    await jest.advanceTimersByTimeAsync(6_000);
    expect(said).toEqual([]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([expect.stringContaining(words)]);
  });

  it('is not one that is at work', async () => {
    idle = false;
    watch.start(channel(waiting));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });

  it('is not one whose queue had no leader for a moment, or is gone', async () => {
    watch.start(channel(well, nobody, well, undefined, waiting, well));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });

  it('is nobody who has left', async () => {
    watch.start(channel(nobody));
    await jest.advanceTimersByTimeAsync(3_000);
    watch.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });
});
