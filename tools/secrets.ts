import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Development keys and passwords: made when first asked for, then always the same; 0600. */
export class Secrets {
  private readonly file: string;
  private readonly values: Record<string, string>;

  constructor(file: string) {
    this.file = file;
    this.values = this.load();
  }

  get(name: string, prefix = ''): string {
    const known = this.values[name];
    if (known !== undefined) return known;
    const made = prefix + randomBytes(18).toString('hex');
    this.values[name] = made;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, `${JSON.stringify(this.values, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
    return made;
  }

  private load(): Record<string, string> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return {};
    }
    chmodSync(this.file, 0o600);
    return JSON.parse(text) as Record<string, string>;
  }
}
