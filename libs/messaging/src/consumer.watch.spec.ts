import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Channel } from 'amqplib';
import { ConsumerWatch } from './consumer.watch.ts';

/** A channel that finds so many consumers, look by look; undefined: the queue is gone. */
const channel = (...counts: (number | undefined)[]): Pick<Channel, 'checkQueue'> => ({
  async checkQueue(queue) {
    const consumerCount = counts.length > 1 ? counts.shift() : counts[0];
    if (consumerCount === undefined) throw new Error('404');
    return { queue, messageCount: 0, consumerCount };
  },
});

describe('a consumer that the broker has forgotten', () => {
  const said: string[] = [];
  let watch: ConsumerWatch;
  beforeEach(() => {
    jest.useFakeTimers();
    said.length = 0;
    watch = new ConsumerWatch('orders', (reason) => said.push(reason));
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  it('is found out at the second look, and told of once', async () => {
    watch.start(channel(1, 0));
    await jest.advanceTimersByTimeAsync(6_000);
    expect(said).toEqual([]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['the broker knows no consumer']);
  });

  it('is not one whose queue had no leader for a moment, or is gone', async () => {
    watch.start(channel(1, 0, 1, undefined, 0, 1));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });

  it('is nobody who has left', async () => {
    watch.start(channel(0));
    await jest.advanceTimersByTimeAsync(3_000);
    watch.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });
});
