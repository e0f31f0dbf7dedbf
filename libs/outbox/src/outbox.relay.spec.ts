import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Transport } from '@caravan/messaging';
import { Lifecycle } from '@caravan/platform';
import type { DataSource } from 'typeorm';
import { OutboxRelay } from './outbox.relay.ts';

let left: string[][];
let lifecycle: Lifecycle;
let relay: OutboxRelay;
let rows = 0;
let asked: number;

beforeEach(() => {
  jest.useFakeTimers();
  left = [];
  lifecycle = new Lifecycle();
  const publish: Transport['publish'] = async (messages) => {
    if (messages.length > 0) left.push(messages.map(({ type }) => type));
    return messages.map(() => ({ status: 'fulfilled', value: undefined }));
  };
  const query = async (sql: string) => {
    if (!sql.includes('SELECT 1')) return [[], 0];
    asked++;
    return [];
  };
  asked = 0;
  const database = { query } as unknown as DataSource;
  relay = new OutboxRelay(database, { publish } as Transport, lifecycle);
  relay.onModuleInit();
});
afterEach(() => void jest.useRealTimers());

const say = (type: string, unhurried: boolean) =>
  relay.publishSoon([{ id: type, type, routingKey: type, body: '{}', rowId: `${++rows}`, unhurried }]);

describe('what was just committed', () => {
  it('leaves with others of the same turn', async () => {
    say('a', false);
    say('b', false);
    expect(left).toEqual([]);
    await jest.advanceTimersByTimeAsync(0);
    say('c', false);
    await jest.advanceTimersByTimeAsync(0);
    expect(left).toEqual([['a', 'b'], ['c']]);
  });

  it('and is unhurried leaves at once after a pause, and then with all that has gathered in a moment', async () => {
    say('a', true);
    await jest.advanceTimersByTimeAsync(1);
    expect(left).toEqual([['a']]);
    say('b', true);
    await jest.advanceTimersByTimeAsync(100);
    say('c', true);
    say('hurried', false);
    await jest.advanceTimersByTimeAsync(0);
    expect(left).toEqual([['a'], ['hurried']]);
    await jest.advanceTimersByTimeAsync(100);
    expect(left).toEqual([['a'], ['hurried'], ['b', 'c']]);
  });

  it('leaves all before the process does', async () => {
    say('a', true);
    await jest.advanceTimersByTimeAsync(1);
    say('b', true);
    await Promise.all([lifecycle.drain(1_000), jest.advanceTimersByTimeAsync(1)]);
    expect(left).toEqual([['a'], ['b']]);
  });
});

describe('what may have been left behind', () => {
  it('is not held in a transaction for as long as an alarm of the broker lasts', async () => {
    let ended = 0;
    const query = async (sql: string) => (sql.includes('SELECT 1') ? [{}] : []);
    const rowOf = async (sql: string) => (sql.includes('body') ? [{ id: 'a', rowId: '1', body: '{}' }] : []);
    const transaction = (work: (manager: unknown) => Promise<unknown>) =>
      work({ query: rowOf }).finally(() => ended++);
    const database = { query, transaction } as unknown as DataSource;
    const publish = () => new Promise<never>(() => undefined);
    new OutboxRelay(database, { publish } as unknown as Transport, new Lifecycle()).onModuleInit();
    await jest.advanceTimersByTimeAsync(19_000);
    expect(ended).toBe(1);
  });

  it('is looked for every second after the start and while messages leave, else every five', async () => {
    await jest.advanceTimersByTimeAsync(10_500);
    expect(asked).toBe(10);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(asked).toBe(14);
    say('a', false);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(asked).toBe(24);
  });
});
