import type { Quiet } from './quiet.ts';

/** Stand-ins of the world outside: their CPU is shown, but is nobody's cost. */
export const OUTSIDE: ReadonlySet<string> = new Set(['card-processor', 'mail-sink']);
/** Shared by all systems; at one time only one of them is asked for anything. */
export const SERVERS: ReadonlySet<string> = new Set(['postgres', 'rabbitmq', 'epmd', 'redis']);

/** One of those that are compared, running. */
export interface System {
  name: string;
  /** Where its clients knock. */
  origin: string;
  /** Root of each process tree whose time is counted, by name; the servers among them where they are ours. */
  roots: () => Record<string, number>;
  databases: Quiet;
  stop: () => Promise<void>;
}
