import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, type Folders, nodeBinary } from '../tools/checkout.ts';
import { plainEnvironment } from '../tools/infrastructure/infrastructure.ts';
import { NODE_FLAGS } from '../tools/node-flags.ts';
import { ManagedProcess, type ProcessSpec } from '../tools/supervision/managed-process.ts';
import { nextFree } from '../tools/supervision/ports.ts';
import { accepts } from '../tools/supervision/probes.ts';

const START_MS = 60_000;
/** Below those that the system gives to who calls somebody. */
const FROM = 31_600;
const reserved = new Set<number>();

export const STRIPE_KEY = 'sk_test_of_the_bench';

/** A port that nobody else of the bench has been given. */
export const port = (): Promise<number> => nextFree(FROM, reserved);

/** How a program of this checkout is run. */
export const nodeSpec = (
  name: string,
  program: string,
  env: Record<string, string>,
  logFile: string,
): Omit<ProcessSpec, 'ready'> => ({
  name,
  replica: 0,
  command: nodeBinary,
  args: [program],
  cwd: checkout,
  env,
  logFile,
  graceMs: 5_000,
});

/** The sandbox that Caravan asks, once more, with books of its own for the system of that name. */
export function cardProcessor(of: string, at: number, folders: Folders): ProcessSpec {
  const books = join(folders.root, `card-processor-${of}`);
  rmSync(books, { recursive: true, force: true });
  mkdirSync(books, { recursive: true });
  const env = {
    ...plainEnvironment(folders.root),
    NODE_ENV: 'development',
    PORT: String(at),
    STRIPE_SECRET_KEY: STRIPE_KEY,
    CARD_PROCESSOR_DATA: books,
  };
  const log = join(folders.logs, `${of}-card-processor.log`);
  const program = 'dist/apps/card-processor/main.js';
  return {
    ...nodeSpec('card-processor', program, env, log),
    args: [...NODE_FLAGS, program],
    ready: () => accepts(at),
  };
}

/** Starts them together; if one fails, none is left. */
export async function startAll(specs: readonly ProcessSpec[]): Promise<ManagedProcess[]> {
  const processes = specs.map((spec) => new ManagedProcess(spec));
  try {
    await Promise.all(processes.map(started));
    return processes;
  } catch (error) {
    await stopAll(processes);
    throw error;
  }
}

export async function stopAll(processes: readonly ManagedProcess[]): Promise<void> {
  await Promise.all(processes.map((process) => process.stop(new AbortController().signal)));
}

export const pidsOf = (processes: readonly ManagedProcess[]): Record<string, number> =>
  Object.fromEntries(processes.map(({ label, identity }) => [label, identity?.pid ?? 0]));

function started(process: ManagedProcess): Promise<void> {
  const { label, spec } = process;
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      clearTimeout(patience);
      process.removeAllListeners();
      if (error) reject(error);
      else resolve();
    };
    const fail = (how: string): void =>
      end(new Error(`${label} ${how}; the last of ${spec.logFile}:\n${process.logTail(8).join('\n')}`));
    const patience = setTimeout(() => fail(`was not ready after ${START_MS / 1000} s`), START_MS);
    process.on('change', () => {
      if (process.state === 'ready') end();
    });
    process.on('died', ({ how }) => fail(how));
    process.start();
  });
}
