import { members } from '../tools/system-plan.ts';
import type { Fault, Setup } from './fault.ts';
import type { Flags } from './flags.ts';
import { type Ground, openGround } from './ground.ts';
import type { LoadOptions } from './load/load.ts';
import type { Result } from './report.ts';
import { runFault } from './run-fault.ts';
import { startSystem, type System } from './system.ts';

const DEFAULTS: LoadOptions = { orders: 150, concurrency: 16, rate: 60 };

/** Runs faults one after the other on one system, which is started anew when a fault needs another one or has broken it. */
export class Storm {
  private ground: Ground | undefined;
  private system: System | undefined;
  private readonly stops: (() => Promise<void>)[] = [];
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

  async run(fault: Fault): Promise<Result> {
    this.ground ??= await openGround(`${this.root}/ground`, this.quietly, (stop) => this.stops.push(stop));
    const why = fault.needs?.(this.ground);
    if (why !== undefined) return { kind: 'impossible', name: fault.name, why };
    const system = await this.systemFor(this.ground, fault.setup ?? {});
    const outcome = await runFault(system, fault, this.optionsFor(fault), this.flags.seed, this.say);
    // What one fault has broken shall not be told of the next.
    if (outcome.violations.length > 0) await this.drop();
    return { kind: 'ran', outcome };
  }

  /** Stops everything, last first. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      for (const stop of this.stops.reverse()) await stop();
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
    this.system = await startSystem(ground, `${this.root}/system`, setup, this.quietly, (stop) =>
      this.stops.push(stop),
    );
    return this.system;
  }

  /** The supervisor's news are the fault's doing; what is not is told as a violation. */
  private readonly quietly = (line: string): void => {
    if (/^ {2}(building|built|starting)/.test(line)) this.say(line);
  };

  private async drop(): Promise<void> {
    await this.system?.stack.stop();
    this.system = undefined;
  }
}
