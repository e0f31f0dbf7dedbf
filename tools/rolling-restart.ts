import type { Replaced } from './supervision/replacement.ts';

type Say = (line: string) => void;

/** A process that can be replaced, as the rolling restart sees it. */
export interface Restartable {
  name: string;
  /** `orders`, or `orders-1` for its second replica. */
  label: string;
  stage: number;
  /** Stands for something of the outside world; restarted only when it is named. */
  standIn?: boolean;
  replace(): Promise<Replaced>;
}

/**
 * Whom `names` mean (all of ours, when there is none), in the order of their restart: those who answer first, then those
 * who ask, the door last, so that no one ever asks a service that is older than itself.
 * @throws Error in words for the person at the terminal, when there is no such process
 */
export function chosen<T extends Restartable>(all: readonly T[], names: readonly string[]): T[] {
  for (const name of names) {
    if (all.some((each) => each.name === name || each.label === name)) continue;
    const known = [...new Set(all.map((each) => each.name))].join(', ');
    throw new Error(`there is no process "${name}"; there are ${known}`);
  }
  const wanted = ({ name, label, standIn }: T): boolean =>
    names.length === 0 ? !standIn : names.includes(name) || names.includes(label);
  return all.filter(wanted).toSorted((a, b) => b.stage - a.stage);
}

/** Restarts processes one after the other, one such round at a time. */
export class RollingRestart {
  private readonly all: readonly Restartable[];
  private readonly prepare: (names: string[], say: Say) => Promise<void>;
  private busy = false;

  /** `prepare` makes what the new processes run, before the first is touched. */
  constructor(all: readonly Restartable[], prepare: (names: string[], say: Say) => Promise<void>) {
    this.all = all;
    this.prepare = prepare;
  }

  /** Stops at the first that does not come up, and when nobody listens any more. @returns whether all were restarted */
  async run(names: readonly string[], say: Say, gone: AbortSignal): Promise<boolean> {
    if (this.busy) {
      say('A restart is under way already. Wait for its end, then ask again.');
      return false;
    }
    this.busy = true;
    try {
      const order = chosen(this.all, names);
      await this.prepare([...new Set(order.map(({ name }) => name))], say);
      say(`Rolling restart of ${count(order.length)}, one after the other`);
      return await inTurn(order, say, gone);
    } finally {
      this.busy = false;
    }
  }
}

async function inTurn(order: readonly Restartable[], say: Say, gone: AbortSignal): Promise<boolean> {
  const began = performance.now();
  let done = 0;
  for (const each of order) {
    if (gone.aborted) {
      say(`  interrupted: ${count(order.length - done)} left as they are`);
      return false;
    }
    try {
      const { oldPid, newPid, readyAfterMs, leftAfterMs } = await each.replace();
      const times = `ready after ${seconds(readyAfterMs)}, the old one left after ${seconds(leftAfterMs)}`;
      say(`  ${each.label.padEnd(16)} pid ${oldPid ?? '–'} → ${newPid ?? '–'}   ${times}`);
      done++;
    } catch (error) {
      say(`  ${each.label} was not restarted: ${(error as Error).message}`);
      say(`  ${done} of ${count(order.length)} restarted, the others are left as they are`);
      return false;
    }
  }
  say(`Restarted ${count(done)} in ${seconds(performance.now() - began)}`);
  return true;
}

const count = (n: number): string => `${n} ${n === 1 ? 'process' : 'processes'}`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
