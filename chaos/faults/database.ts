import type { Fault } from '../fault.ts';

const stopped = (name: string, signal: NodeJS.Signals, title: string): Fault => ({
  name,
  title,
  async run({ processes, did }) {
    processes.kill('postgres', signal);
    did(`${signal} to the postmaster`);
    await processes.allReady();
  },
});

export const databaseFaults: Fault[] = [
  stopped('database-kill', 'SIGKILL', 'kill -9 of PostgreSQL; crash recovery'),
  stopped('database-restart-fast', 'SIGINT', 'PostgreSQL restarts, fast: sessions ended, data written'),
  stopped(
    'database-restart-immediate',
    'SIGQUIT',
    'PostgreSQL restarts, immediate: sessions cut, crash recovery',
  ),
];
