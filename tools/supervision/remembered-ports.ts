import { readFileSync, writeFileSync } from 'node:fs';
import { isFree, nextFree } from './ports.ts';

/** Ports of private servers: found free once, kept as long as nobody else takes them. */
export class RememberedPorts {
  private readonly file: string;
  private readonly known: Record<string, number>;
  private readonly reserved = new Set<number>();
  private readonly from: number;
  private queue: Promise<unknown> = Promise.resolve();

  /** `seed` spreads the checkouts of one machine, so that they rarely look at the same ports. */
  constructor(file: string, seed: string) {
    this.file = file;
    this.known = load(file);
    this.from = 21_000 + (Number.parseInt(seed, 16) % 1_000) * 10;
  }

  get(name: string): Promise<number> {
    const answer = this.queue.then(() => this.find(name));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  private async find(name: string): Promise<number> {
    const known = this.known[name];
    if (known !== undefined && !this.reserved.has(known) && (await isFree(known))) {
      this.reserved.add(known);
      return known;
    }
    const found = await nextFree(this.from, this.reserved);
    this.known[name] = found;
    writeFileSync(this.file, JSON.stringify(this.known));
    return found;
  }
}

function load(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
