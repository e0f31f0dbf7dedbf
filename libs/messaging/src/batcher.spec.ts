import { describe, expect, it } from '@jest/globals';
import { unavailable } from '@caravan/contracts';
import { Batcher } from './batcher.ts';

describe('Batcher', () => {
  it('runs what was added in one turn as one batch and gives each its own result', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number, number>(async (items) => {
      batches.push(items);
      return items.map((item) => item * 2);
    });
    expect(await Promise.all([1, 2, 3].map((n) => batcher.add(n)))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('lets what arrives while the allowed batches run travel together', async () => {
    const gates: (() => void)[] = [];
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        sizes.push(items.length);
        await new Promise<void>((resolve) => gates.push(resolve));
        return items;
      },
      { inFlight: 1 },
    );
    const opened = async () => {
      while (gates.length === 0) await new Promise(setImmediate);
      gates.shift()!();
    };
    const first = batcher.add(1);
    while (sizes.length === 0) await new Promise(setImmediate);
    const others = [2, 3, 4].map((n) => batcher.add(n));
    await opened();
    await first;
    await opened();
    await Promise.all(others);
    expect(sizes).toEqual([1, 3]);
  });

  it('runs a failed batch item by item, so that only the one to blame fails', async () => {
    const batcher = new Batcher<number, number>(async (items) => {
      if (items.includes(13)) throw new Error('unlucky');
      return items;
    });
    const results = await Promise.allSettled([1, 13, 2].map((n) => batcher.add(n)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not ask once more for each item what is away', async () => {
    let asked = 0;
    const batcher = new Batcher<number, number>(() => {
      asked++;
      return Promise.reject(unavailable('inventory'));
    });
    const results = await Promise.allSettled([1, 2, 3].map((n) => batcher.add(n)));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toBe(1);
  });

  it('splits what is more than a batch', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        sizes.push(items.length);
        return items;
      },
      { max: 2, inFlight: 8 },
    );
    await Promise.all([1, 2, 3, 4, 5].map((n) => batcher.add(n)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  describe('that gathers', () => {
    const sizes: number[] = [];
    let answer: () => void;

    /** A batcher with items on their way, which are answered when `answer` is called. */
    async function withOnTheirWay(count: number): Promise<Batcher<number, number>> {
      sizes.length = 0;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      const batcher = new Batcher<number, number>(
        async (items) => {
          sizes.push(items.length);
          return items.map((item) => answered.then(() => item));
        },
        { gather: true },
      );
      await add(batcher, count);
      return batcher;
    }

    async function add(batcher: Batcher<number, number>, count: number): Promise<void> {
      for (let i = 0; i < count; i++) void batcher.add(i);
      await someTurns();
    }

    async function someTurns(): Promise<void> {
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    }

    it('holds back a batch that is smaller than what is unanswered', async () => {
      const batcher = await withOnTheirWay(16);
      await add(batcher, 15);
      expect(sizes).toEqual([16]);
      await add(batcher, 1);
      expect(sizes).toEqual([16, 16]);
    });

    it('holds nothing back when the others are answered', async () => {
      const batcher = await withOnTheirWay(16);
      await add(batcher, 3);
      answer();
      await someTurns();
      expect(sizes).toEqual([16, 3]);
    });

    it('holds nothing back for long', async () => {
      const batcher = await withOnTheirWay(16);
      await add(batcher, 1);
      while (sizes.length < 2) await new Promise(setImmediate);
      expect(sizes).toEqual([16, 1]);
    });

    it('holds nothing back for a few', async () => {
      const batcher = await withOnTheirWay(15);
      await add(batcher, 1);
      expect(sizes).toEqual([15, 1]);
    });
  });
});
