import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../checkout.ts';
import type { ProcessState } from './managed-process.ts';
import { type ProcessIdentity, identityOfFolder, isAlive } from './process-identity.ts';

export interface ProcessStatus {
  name: string;
  replica: number;
  pid: number | null;
  state: ProcessState;
  port: number | null;
  managementPort: number | null;
  startedAt: string | null;
  restarts: number;
}

export interface InfrastructureStatus {
  name: string;
  version: string;
  source: string;
  url: string;
  /** Of a private server; absent for one that others run. */
  state?: ProcessState;
}

/** What `npm run status -- --json` prints; public contract §1. */
export interface Status {
  topology: 'services' | 'single-process';
  processes: ProcessStatus[];
  infrastructure: InfrastructureStatus[];
  gateway: string;
}

/** What the supervisor leaves on disk, so that others can see it and clean up after it. */
export interface RunState extends Status {
  supervisor: ProcessIdentity;
  /** The supervisor's id; INSTANCE_ID of each of its processes begins with it. */
  run: string;
  phase: 'starting' | 'ready' | 'stopping';
  /** Living processes in the order in which they are to be stopped. */
  children: (ProcessIdentity & {
    name: string;
    stopSignal: NodeJS.Signals;
    graceMs: number;
    stage: number;
    state?: ProcessState;
  })[];
  /** Compose project to be stopped, where the Docker rung was taken. */
  compose?: { project: string; services: string[] };
  hints: string[];
}

const fileIn = (folders: Folders): string => join(folders.run, 'state.json');

export function writeState(folders: Folders, state: RunState): void {
  const file = fileIn(folders);
  mkdirSync(folders.run, { recursive: true, mode: 0o700 });
  const folder = identityOfFolder(folders.run);
  writeFileSync(`${file}.new`, JSON.stringify({ ...state, folder }, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What was written; undefined for nothing, for garbled text, and for what came with a copy of the folder. */
export function readState(folders: Folders): RunState | undefined {
  try {
    const { folder, ...state } = JSON.parse(readFileSync(fileIn(folders), 'utf8')) as RunState & {
      folder?: string;
    };
    const ours = folder === undefined || folder === identityOfFolder(folders.run);
    return ours && isWhole(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the file holds what the supervisor writes; whatever else is there tells nothing. */
const isWhole = (state: Partial<RunState>): state is RunState =>
  Number.isInteger(state.supervisor?.pid) &&
  [state.processes, state.infrastructure, state.children, state.hints].every(Array.isArray);

/** The state of the system that runs here; undefined when its supervisor and all its processes are gone. */
export function runningState(folders: Folders, alive = isAlive): RunState | undefined {
  const state = readState(folders);
  return state && (alive(state.supervisor) || state.children.some(alive)) ? state : undefined;
}

export const removeState = (folders: Folders): void => rmSync(fileIn(folders), { force: true });

/** A private server is as its process is; of one that others run the supervisor knows nothing. */
function withState(
  server: InfrastructureStatus,
  { children }: RunState,
  alive: (child: ProcessIdentity) => boolean,
): InfrastructureStatus {
  if (!server.source.startsWith('private')) return server;
  const own = children.find(
    ({ name }) => name === server.name.toLowerCase().replace('postgresql', 'postgres'),
  );
  return { ...server, state: own && alive(own) ? (own.state ?? 'ready') : 'stopped' };
}

/** The contract's status, with what died since the supervisor last wrote (or the supervisor itself) told as it is. */
export function statusOf(state: RunState | undefined, alive = isAlive): Status {
  if (!state)
    return { topology: 'services', processes: [], infrastructure: [], gateway: 'http://127.0.0.1:8080' };
  const living = new Set(state.children.filter(alive).map((child) => child.pid));
  return {
    topology: state.topology,
    processes: state.processes.map((entry) =>
      entry.pid !== null && living.has(entry.pid) ? entry : { ...entry, pid: null, state: 'stopped' },
    ),
    infrastructure: state.infrastructure.map((server) => withState(server, state, alive)),
    gateway: state.gateway,
  };
}
