import type { Quiet } from './quiet.ts';

/** Stand-ins of the world outside: their CPU is shown, but is nobody's cost. */
export const OUTSIDE: ReadonlySet<string> = new Set(['card-processor', 'mail-sink']);
/** Shared by all systems; at one time only one of them is asked for anything. */
export const SERVERS: ReadonlySet<string> = new Set(['postgres', 'rabbitmq', 'epmd', 'redis']);

/** Root of each process tree, by name. */
export type Roots = Record<string, number>;

/** One of those that are compared, running. */
export interface System {
  name: string;
  /** Whose time is counted; the servers among them where they are ours. */
  roots: () => Roots;
  databases: Quiet;
  /** Another one that does its work: not halted while this one is asked. */
  uses?: System;
  /** Halts it while another is asked, where its idleness costs something. */
  pause?: () => void;
  resume?: () => void;
  /** Checks what the load has left behind. @returns what is wrong */
  balance?: () => Promise<string[]>;
  stop: () => Promise<void>;
}

/** One that is asked over HTTP. */
export interface HttpSystem extends System {
  /** Where its clients knock. */
  origin: string;
}

/** The servers among the processes of a stack. */
export const serversOf = (roots: Roots): Roots =>
  Object.fromEntries(Object.entries(roots).filter(([name]) => SERVERS.has(name)));
