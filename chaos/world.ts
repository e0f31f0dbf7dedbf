import type { Stack } from '../tools/stack.ts';
import type { Released } from './checker/world.ts';
import type { Recorder } from './checker/recorder.ts';
import type { Ground } from './ground.ts';
import type { Load, LoadOptions } from './load/load.ts';
import { Customer, type Product } from './load/shop.ts';
import type { Random } from './random.ts';
import type { Processes } from './tools/processes.ts';

export interface Deed {
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly what: string;
}

type Shared =
  'ground' | 'stack' | 'processes' | 'customers' | 'recorder' | 'skus' | 'databaseUrls' | 'released';

/** What a fault may touch, and where it says what it did. */
export class World {
  readonly deeds: Deed[] = [];
  /** Of the run; each use forks its own stream. */
  readonly random: Random;
  readonly options: LoadOptions;
  readonly ground: Ground;
  readonly stack: Stack;
  readonly processes: Processes;
  readonly customers: readonly Customer[];
  readonly recorder: Recorder;
  readonly skus: readonly string[];
  readonly databaseUrls: ReadonlyMap<string, string>;
  /** Definitions of other releases that have run here. */
  readonly released: Released[];
  load: Load | undefined;
  /** Orders that the fault itself has placed. */
  placed = 0;
  private readonly begun = performance.now();
  private readonly aside: Product[];
  readonly say: (line: string) => void;

  constructor(
    system: Pick<World, Shared> & {
      aside: Product[];
    },
    options: LoadOptions,
    random: Random,
    say: (line: string) => void,
  ) {
    this.ground = system.ground;
    this.stack = system.stack;
    this.processes = system.processes;
    this.customers = system.customers;
    this.recorder = system.recorder;
    this.skus = system.skus;
    this.databaseUrls = system.databaseUrls;
    this.released = system.released;
    this.aside = system.aside;
    this.options = options;
    this.random = random;
    this.say = say;
  }

  /** Writes down what was just done to the system. */
  readonly did = (what: string): void => {
    const at = performance.now() - this.begun;
    this.deeds.push({ at, what });
    this.say(`    ${(at / 1_000).toFixed(1).padStart(5)} s  ${what}`);
  };

  /** A product that nobody else buys. @throws when none is left */
  takeAside(): Product {
    const product = this.aside.pop();
    if (!product) throw new Error('every product was given away');
    return product;
  }

  /** A new account at the gateways. */
  newCustomer(): Promise<Customer> {
    return new Customer(() => gatewaysOf(this.stack), undefined, undefined, this.recorder).register();
  }
}

export function gatewaysOf({ processes }: Pick<Stack, 'processes'>): string[] {
  return processes.filter(({ name }) => name === 'gateway').map(({ port }) => `http://127.0.0.1:${port}`);
}
