import type { ProcessStatus } from '../tools/supervision/run-state.ts';

/** The environment variable in which the stories are told where the system runs. */
export const SYSTEM = 'E2E_SYSTEM';

/** Where the system under test is, in words that fit into an environment variable. */
export interface RunningSystem {
  gatewayUrl: string;
  cardProcessorUrl: string;
  mailFolder: string;
  /** Which products are one test's own. */
  takenFolder: string;
  /** Absent where all services are one process. */
  rabbitmqUrl?: string;
  /** By service, each with its own role. */
  databaseUrls: Record<string, string>;
  processes: ProcessStatus[];
}

const holder = globalThis as { caravanStops?: (() => Promise<void>)[] };

/** How to stop what globalSetup started; Jest may load it and globalTeardown as separate modules. */
export const stopRunning = (holder.caravanStops ??= []);

/** The system that Jest's globalSetup has started for all stories. */
export function theSystem(): RunningSystem {
  const told = process.env[SYSTEM];
  if (told === undefined) throw new Error(`${SYSTEM} is not set: the stories run under Jest's e2e project.`);
  return JSON.parse(told) as RunningSystem;
}

/** For what only makes sense where services are processes of their own and talk over a broker. */
export const hasBroker = (): boolean => theSystem().rabbitmqUrl !== undefined;
