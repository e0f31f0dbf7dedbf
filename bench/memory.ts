import { readFileSync } from 'node:fs';

const KIB = 1024;

/** Resident memory of one process, in MB. */
export interface Memory {
  /** With the files that are mapped into it, such as Node itself, which all processes of a machine share. */
  rss: number;
  /** What it alone has. */
  own: number;
}

/** @param status of /proc/PID/status, see proc_pid_status(5); undefined for what has no memory */
export function parseMemory(status: string): Memory | undefined {
  const read = (field: string): number | undefined => {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) / KIB;
  };
  const [rss, own] = [read('VmRSS'), read('RssAnon')];
  return rss === undefined || own === undefined ? undefined : { rss, own };
}

/** MB of each process by name, without its children; none where there is no /proc. */
export function readMemory(
  roots: Readonly<Record<string, number>>,
): Record<keyof Memory, Record<string, number>> {
  const sizes: Record<keyof Memory, Record<string, number>> = { rss: {}, own: {} };
  for (const [name, pid] of Object.entries(roots)) {
    try {
      const memory = parseMemory(readFileSync(`/proc/${pid}/status`, 'utf8'));
      if (memory === undefined) continue;
      sizes.rss[name] = memory.rss;
      sizes.own[name] = memory.own;
    } catch {
      // It ended, or this is not Linux.
    }
  }
  return sizes;
}
