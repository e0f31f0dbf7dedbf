import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts a process's time in ticks of 1/100 s (`getconf CLK_TCK`), on every architecture that Node runs on. */
const MS_PER_TICK = 10;

export interface ProcessTime {
  parent: number;
  /** Milliseconds of CPU, user and system, its own and of the children that have ended. */
  ms: number;
}

/** Of /proc/PID/stat; the command's name may hold blanks and brackets. See proc_pid_stat(5). */
export function parseTimes(stat: string): ProcessTime {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return { parent: Number(fields[1]), ms: ticks * MS_PER_TICK };
}

/** Milliseconds that all of the machine's processors together were busy. Of the first line of /proc/stat. */
export function parseBusy(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (stat.split('\n', 1)[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) * MS_PER_TICK;
}

/** CPU of each root together with everything below it. */
export function timesByTree(
  times: ReadonlyMap<number, ProcessTime>,
  roots: Readonly<Record<string, number>>,
): Record<string, number> {
  const rootOf = new Map(Object.entries(roots).map(([name, pid]) => [pid, name]));
  const sums: Record<string, number> = Object.fromEntries(Object.keys(roots).map((name) => [name, 0]));
  for (const [pid, { ms }] of times) {
    let above: number | undefined = pid;
    while (above !== undefined && !rootOf.has(above)) above = times.get(above)?.parent;
    const name = above === undefined ? undefined : rootOf.get(above);
    if (name !== undefined) sums[name] = (sums[name] ?? 0) + ms;
  }
  return sums;
}

export interface CpuReading {
  /** Milliseconds by name of process. */
  byProcess: Record<string, number>;
  machine: number;
}

/** What the processes have used until now; undefined where there is no /proc. */
export function readCpu(roots: Readonly<Record<string, number>>): CpuReading | undefined {
  if (process.platform !== 'linux') return undefined;
  const times = new Map<number, ProcessTime>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      times.set(pid, parseTimes(readFileSync(`/proc/${pid}/stat`, 'utf8')));
    } catch {
      // It ended between the two looks.
    }
  }
  return { byProcess: timesByTree(times, roots), machine: parseBusy(readFileSync('/proc/stat', 'utf8')) };
}

/** What was used between two readings. */
export function used(before: CpuReading, after: CpuReading): CpuReading {
  const byProcess = Object.fromEntries(
    Object.entries(after.byProcess).map(([name, ms]) => [name, ms - (before.byProcess[name] ?? 0)]),
  );
  return { byProcess, machine: after.machine - before.machine };
}
