import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';

/** A pid alone may be somebody else's tomorrow; with its start time it is one process only. */
export interface ProcessIdentity {
  pid: number;
  started: string;
}

/**
 * What a folder is, wherever it is moved to; a copy of it is another one. What is written in a folder about running
 * processes names it, so that a copied checkout never takes the original's processes for its own.
 */
export function identityOfFolder(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

const linux = process.platform === 'linux';

/** Fields of /proc/PID/stat after the command's name, which may itself hold blanks and brackets. */
export function parseStat(stat: string): { state: string; started: string } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state && started ? { state, started } : undefined;
}

function look(pid: number): { state: string; started: string } | undefined {
  try {
    if (linux) return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const text = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return text ? { state: text.charAt(0), started: text.slice(1).trim() } : undefined;
  } catch {
    return undefined;
  }
}

/** The identity of a living process; undefined when there is none (a zombie is none). */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = look(pid);
  return found && found.state !== 'Z' && found.state !== 'X' ? { pid, started: found.started } : undefined;
}

export const isAlive = (identity: ProcessIdentity): boolean =>
  identify(identity.pid)?.started === identity.started;

/** Signals that very process, never another one that has its number by now. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch {
    return false;
  }
}

export function commandOf(pid: number): string {
  try {
    if (linux) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Every living process whose environment holds `entry` (`NAME=value`). Linux only; empty elsewhere. */
export function processesWith(entry: string): ProcessIdentity[] {
  if (!linux) return [];
  const found: ProcessIdentity[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry)) continue;
    } catch {
      continue;
    }
    const identity = identify(pid);
    if (identity) found.push(identity);
  }
  return found;
}
