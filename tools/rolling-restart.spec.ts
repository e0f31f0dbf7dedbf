import { describe, expect, it } from '@jest/globals';
import { chosen, type Restartable, RollingRestart } from './rolling-restart.ts';

const replaced = { oldPid: 1, newPid: 2, readyAfterMs: 1_000, leftAfterMs: 100 };
const listening = new AbortController().signal;
const unprepared = () => Promise.resolve();

/** The processes of a small system, and in which order they were replaced. */
function system(broken?: string) {
  const order: string[] = [];
  const all = [
    { name: 'gateway', label: 'gateway', stage: 0 },
    { name: 'bff-web', label: 'bff-web', stage: 1 },
    { name: 'orders', label: 'orders', stage: 2 },
    { name: 'orders', label: 'orders-1', stage: 2 },
    { name: 'mail-sink', label: 'mail-sink', stage: 3, standIn: true },
  ].map((entry): Restartable => ({
    ...entry,
    replace: () => {
      order.push(entry.label);
      return entry.label === broken
        ? Promise.reject(new Error('it did not start'))
        : Promise.resolve(replaced);
    },
  }));
  return { all, order };
}

describe('a rolling restart', () => {
  it('goes from those who answer to those who ask, replica by replica, and leaves the outside world alone', async () => {
    const { all, order } = system();
    expect(await new RollingRestart(all, unprepared).run([], () => undefined, listening)).toBe(true);
    expect(order).toEqual(['orders', 'orders-1', 'bff-web', 'gateway']);
  });

  it.each([
    [['orders'], ['orders', 'orders-1']],
    [['orders-1'], ['orders-1']],
    [
      ['mail-sink', 'gateway'],
      ['mail-sink', 'gateway'],
    ],
  ])('of %j restarts %j', (names, labels) => {
    expect(chosen(system().all, names).map(({ label }) => label)).toEqual(labels);
  });

  it('refuses a name that it does not know, and says which there are', async () => {
    const { all, order } = system();
    const restart = new RollingRestart(all, unprepared);
    await expect(restart.run(['order', 'gateway'], () => undefined, listening)).rejects.toThrow(
      'there is no process "order"; there are gateway, bff-web, orders, mail-sink',
    );
    expect(order).toEqual([]);
  });

  it('ends at the first that does not come up', async () => {
    const { all, order } = system('orders-1');
    const lines: string[] = [];
    expect(await new RollingRestart(all, unprepared).run([], (line) => lines.push(line), listening)).toBe(
      false,
    );
    expect(order).toEqual(['orders', 'orders-1']);
    expect(lines.at(-2)).toContain('orders-1 was not restarted: it did not start');
    expect(lines.at(-1)).toContain('1 of 4 processes restarted');
  });

  it('touches nothing when what is to run cannot be built', async () => {
    const { all, order } = system();
    const restart = new RollingRestart(all, () => Promise.reject(new Error('a semicolon is missing')));
    await expect(restart.run([], () => undefined, listening)).rejects.toThrow('a semicolon');
    expect(order).toEqual([]);
  });

  it('finishes the one at hand and goes no further when who asked is gone', async () => {
    const { all, order } = system();
    const gone = new AbortController();
    all.push({ ...all[4]!, name: 'users', label: 'users', stage: 9, standIn: false });
    const [users] = all.slice(-1);
    users!.replace = () => (order.push('users'), gone.abort(), Promise.resolve(replaced));
    expect(await new RollingRestart(all, unprepared).run([], () => undefined, gone.signal)).toBe(false);
    expect(order).toEqual(['users']);
  });

  it('is one at a time', async () => {
    const { all } = system();
    const restart = new RollingRestart(all, unprepared);
    const first = restart.run([], () => undefined, listening);
    const lines: string[] = [];
    expect(await restart.run([], (line) => lines.push(line), listening)).toBe(false);
    expect(lines.join()).toContain('under way already');
    expect(await first).toBe(true);
    expect(await restart.run([], () => undefined, listening)).toBe(true);
  });
});
