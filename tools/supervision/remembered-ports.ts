import { readFileSync, writeFileSync } from 'node:fs';
import type { PortMarket } from './ports.ts';

/** Ports of private servers: found free once, kept as long as no other process takes them. */
export class RememberedPorts {
  private readonly file: string;
  private readonly known: Record<string, number>;
  private readonly market: PortMarket;
  private readonly from: number;
  private queue: Promise<unknown> = Promise.resolve();

  /** `seed` spreads the checkouts of one machine, so that they rarely look at the same ports. */
  constructor(file: string, seed: string, market: PortMarket) {
    this.file = file;
    this.known = load(file);
    this.market = market;
    this.from = 21_000 + (Number.parseInt(seed, 16) % 1_000) * 10;
  }

  /** Claims a port for the server. `another`: the one that it was given before turned out to be taken. */
  get(name: string, another = false): Promise<number> {
    const answer = this.queue.then(() => this.find(name, another));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  private async find(name: string, another: boolean): Promise<number> {
    const known = this.known[name];
    if (!another && known !== undefined && (await this.market.take(known))) return known;
    const found = await this.market.nextFree(another && known !== undefined ? known + 1 : this.from);
    this.known[name] = found;
    try {
      writeFileSync(this.file, JSON.stringify(this.known));
    } catch {
      // Not remembered: the next start looks for another one.
    }
    return found;
  }
}

/** What can be used of the file; a file that cannot be read or was garbled remembers nothing. */
function load(file: string): Record<string, number> {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(Object.entries(read ?? {}).filter(([, port]) => isPort(port)));
  } catch {
    return {};
  }
}

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 1_023 && (value as number) < 65_536;
