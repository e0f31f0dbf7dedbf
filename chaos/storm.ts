import { relative } from 'node:path';
import { checkout } from '../tools/checkout.ts';
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
    return [this.system?.stack.folders, this.ground?.folders]
      .flatMap((folders) => (folders ? [relative(checkout, folders.logs)] : []))
      .join(', ');
  }

  async run(fault: Fault): Promise<Result> {
    this.ground ??= await openGround(`${this.root}/ground`, this.say, (stop) => this.stops.push(stop));
    const why = fault.needs?.(this.ground);
    if (why !== undefined) return { kind: 'impossible', name: fault.name, why };
    const system = await this.systemFor(this.ground, fault.setup ?? {});
    const { seed, orders = DEFAULTS.orders, concurrency = DEFAULTS.concurrency } = this.flags;
    const options = { ...DEFAULTS, orders, concurrency };
    const outcome = await runFault(system, fault, options, seed, this.say);
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

  private async systemFor(ground: Ground, wanted: Setup): Promise<System> {
    const setup = { ...wanted, replicas: Math.max(wanted.replicas ?? 1, this.flags.replicas) };
    if (this.system && JSON.stringify(this.system.setup) === JSON.stringify(setup)) return this.system;
    await this.drop();
    this.system = await startSystem(ground, `${this.root}/system`, setup, this.say, (stop) =>
      this.stops.push(stop),
    );
    return this.system;
  }

  private async drop(): Promise<void> {
    await this.system?.stack.stop();
    this.system = undefined;
  }
}
