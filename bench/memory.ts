import { readFileSync } from 'node:fs';

const KIB = 1024;

/** Of /proc/PID/status: what the process holds in memory, in MB; undefined for what has none. See proc_pid_status(5). */
export function parseRss(status: string): number | undefined {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib) / KIB;
}

/** Resident MB of each process by name, without its children; none where there is no /proc. */
export function readRss(roots: Readonly<Record<string, number>>): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [name, pid] of Object.entries(roots)) {
    try {
      const rss = parseRss(readFileSync(`/proc/${pid}/status`, 'utf8'));
      if (rss !== undefined) sizes[name] = rss;
    } catch {
      // It ended, or this is not Linux.
    }
  }
  return sizes;
}
