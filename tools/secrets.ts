import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Development keys and passwords: made when first asked for, then always the same; 0600. */
export class Secrets {
  private readonly file: string;
  private readonly values: Record<string, string>;

  private readonly say: (line: string) => void;

  constructor(file: string, say: (line: string) => void = () => undefined) {
    this.file = file;
    this.say = say;
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
    try {
      const read: unknown = JSON.parse(text);
      const entries = Object.entries(read ?? {});
      if (!read || Array.isArray(read) || entries.some(([, value]) => typeof value !== 'string'))
        throw new Error('it does not hold names and passwords');
      return Object.fromEntries(entries) as Record<string, string>;
    } catch (error) {
      const aside = `${this.file}.unreadable`;
      renameSync(this.file, aside);
      this.say(`  ${this.file} cannot be read (${(error as Error).message}): it lies in ${aside} now`);
      this.say('  New passwords are made; the servers of this checkout learn them at this start.');
      return {};
    }
  }
}
