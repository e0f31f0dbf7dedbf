import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessEntry } from './world.ts';

/** A process as the supervisor lists it. */
export interface Listed {
  readonly name: string;
  readonly replica: number;
  readonly pid: number | null;
}

/** Where a run began: what is said in the logs before is not its matter, and memory is compared with what it was. */
export interface Baseline {
  readonly logs: Readonly<Record<string, number>>;
  readonly rssMb: Readonly<Record<string, number | null>>;
}

/** The service's last line (start.service.ts), and what Node itself says when it has to end. */
const LAST_WORDS = /^([\w-]+ ends: .*|.*FATAL ERROR: .*|.*UnhandledPromiseRejection.*)$/gm;

const labelOf = ({ name, replica }: Listed): string => (replica > 0 ? `${name}-${replica}` : name);
const logOf = (folder: string, process: Listed): string => join(folder, `${labelOf(process)}.log`);

/** @param memory compare it later: the processes are warm */
export function baselineOf(folder: string, processes: readonly Listed[], memory = false): Baseline {
  const by = <T>(value: (process: Listed) => T): Record<string, T> =>
    Object.fromEntries(processes.map((process) => [labelOf(process), value(process)]));
  return {
    logs: by((process) => statSync(logOf(folder, process), { throwIfNoEntry: false })?.size ?? 0),
    rssMb: memory ? by(({ pid }) => rssMbOf(pid)) : {},
  };
}

/** @param folder of the logs @param mayEndWith last words that are nobody's mistake */
export function readProcesses(
  folder: string,
  processes: readonly Listed[],
  since?: Baseline,
  mayEndWith?: RegExp,
): ProcessEntry[] {
  return processes.map((process) => {
    const label = labelOf(process);
    return {
      label,
      rssMb: rssMbOf(process.pid),
      rssBeforeMb: since?.rssMb[label] ?? null,
      lastWords: lastWordsIn(logOf(folder, process), since?.logs[label] ?? 0).filter(
        (words) => !mayEndWith?.test(words),
      ),
    };
  });
}

function lastWordsIn(file: string, from: number): string[] {
  if (!statSync(file, { throwIfNoEntry: false })) return [];
  const text = readFileSync(file).subarray(from).toString();
  return [...text.matchAll(LAST_WORDS)].map(([line]) => line.slice(0, 300));
}

function rssMbOf(pid: number | null): number | null {
  if (pid === null) return null;
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Math.round(Number(kb) / 1024);
  } catch {
    return null;
  }
}
