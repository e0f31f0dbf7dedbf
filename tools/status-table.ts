import type { Status } from './supervision/run-state.ts';
import { table } from './table.ts';

/** One row a service: how many replicas, their pids, where it answers, how it is. */
export function statusTable({ processes }: Status): string[] {
  const names = [...new Set(processes.map(({ name }) => name))];
  const rows = names.map((name) => {
    const replicas = processes.filter((entry) => entry.name === name);
    const listed = (cell: (entry: (typeof replicas)[number]) => string | number | null): string =>
      replicas.map((entry) => cell(entry) ?? '–').join(' ');
    const healths = new Set(replicas.map(({ state }) => state));
    const restarts = replicas.reduce((sum, entry) => sum + entry.restarts, 0);
    return [
      name,
      String(replicas.length),
      listed(({ pid }) => pid),
      replicas.some(({ port }) => port !== null)
        ? listed(({ port }) => `${scheme(name)}://127.0.0.1:${port}`)
        : '(RabbitMQ only)',
      replicas.some(({ managementPort }) => managementPort !== null)
        ? listed(({ managementPort }) => managementPort)
        : '–',
      healths.size === 1 ? [...healths].join() : listed(({ state }) => state),
      String(restarts),
    ];
  });
  return table(['service', 'replicas', 'pid', 'URL', 'management', 'health', 'restarts'], rows);
}

const scheme = (name: string): string => (name === 'mail-sink' ? 'smtp' : 'http');
