import { members } from '../tools/system-plan.ts';
import { baselineOf } from './checker/read-processes.ts';
import type { Fault, Setup } from './fault.ts';
import type { Flags } from './flags.ts';
import { type Ground, openGround } from './ground.ts';
import type { LoadOptions } from './load/load.ts';
import type { Result } from './report.ts';
import { runFault } from './run-fault.ts';
import { startSystem, type System } from './system.ts';

const DEFAULTS: LoadOptions = { orders: 150, concurrency: 16, rate: 60 };
/** The checker reads everything there is: beyond so many orders a fresh system is sooner done. */
const FULL = 5_000;

/** Runs faults one after the other on one system, which is started anew when a fault needs another one or has broken it. */
export class Storm {
  private ground: Ground | undefined;
  private system: System | undefined;
  private stopGround: (() => Promise<void>) | undefined;
  private stopSystem: (() => Promise<void>) | undefined;
  private closing: Promise<void> | undefined;
  private readonly flags: Pick<Flags, 'seed' | 'replicas' | 'orders' | 'concurrency'>;
  private readonly say: (line: string) => void;
  private readonly root: string;

  constructor(
    flags: Pick<Flags, 'seed' | 'replicas' | 'orders' | 'concurrency'>,
    say: (line: string) => void,
    root = '.data/chaos',
  ) {
    this.flags = flags;
    this.say = say;
    this.root = root;
  }

  get logs(): string {
    return `${this.root}/system/logs, ${this.root}/ground/logs`;
  }

  /** @param seed of its own, where the run's is not meant */
  async run(fault: Fault, seed = this.flags.seed): Promise<Result> {
    this.ground ??= await openGround(`${this.root}/ground`, this.quietly, (stop) => (this.stopGround = stop));
    const why = fault.needs?.(this.ground);
    if (why !== undefined) return { kind: 'impossible', name: fault.name, why };
    const system = await this.systemFor(this.ground, fault.setup ?? {});
    const outcome = await runFault(system, fault, this.optionsFor(fault), seed, this.say);
    // What one fault has broken shall not be told of the next.
    if (outcome.violations.length > 0 || system.recorder.operations.length > FULL) await this.drop();
    return { kind: 'ran', outcome };
  }

  /** Resident memory of every process of ours, in MB; none before the first fault. */
  memory(): Record<string, number> {
    const { stack } = this.system ?? {};
    if (!stack) return {};
    const { rssMb } = baselineOf(stack.folders.logs, stack.processes, true);
    return Object.fromEntries(
      Object.entries(rssMb).flatMap(([label, mb]) => (mb === null ? [] : [[label, mb]])),
    );
  }

  /** Stops everything, the services first. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      await this.stopSystem?.();
      await this.stopGround?.();
    })();
    return this.closing;
  }

  /** What the command line says, what the fault says, what everybody does. */
  private optionsFor({ load = {} }: Fault): LoadOptions {
    const own = load === 'none' ? {} : load;
    const { orders, concurrency } = this.flags;
    return { ...DEFAULTS, ...own, ...(orders && { orders }), ...(concurrency && { concurrency }) };
  }

  private async systemFor(ground: Ground, wanted: Setup): Promise<System> {
    const many = members.filter(({ standIn }) => !standIn).map(({ name }) => name);
    const replicas = Object.fromEntries(
      many.map((name) => [name, Math.max(wanted.replicas?.[name] ?? 1, this.flags.replicas)]),
    );
    const setup = { ...wanted, replicas };
    if (this.system && JSON.stringify(this.system.setup) === JSON.stringify(setup)) return this.system;
    await this.drop();
    this.system = await startSystem(
      ground,
      `${this.root}/system`,
      setup,
      this.quietly,
      (stop) => (this.stopSystem = stop),
    );
    return this.system;
  }

  /** The supervisor's news are the fault's doing; what is not is told as a violation. */
  private readonly quietly = (line: string): void => {
    if (/^ {2}(building|built|starting)/.test(line)) this.say(line);
  };

  private async drop(): Promise<void> {
    this.system = undefined;
    await this.stopSystem?.();
    this.stopSystem = undefined;
  }
}
