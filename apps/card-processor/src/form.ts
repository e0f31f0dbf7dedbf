import { hash } from 'node:crypto';
import { parse } from 'node:querystring';
import { nested } from './operation.ts';
import { amountTooLarge, invalidInteger, invalidParam, missing, unknownParam } from './processor.errors.ts';

const MAX_AMOUNT = 99_999_999;

/** Form-encoded parameters as Stripe's SDK sends them (`metadata[order_id]=…`), read with Stripe's refusals. */
export class Form {
  private readonly fields: Readonly<Record<string, string | string[] | undefined>>;

  constructor(private readonly source: string) {
    this.fields = parse(source);
  }

  /** Refuses a parameter that the call does not have, as Stripe does. */
  allow(known: ReadonlySet<string>): this {
    for (const name in this.fields) {
      const bracket = name.indexOf('[');
      const top = bracket < 0 ? name : name.slice(0, bracket);
      if (!known.has(top)) throw unknownParam(top);
      const inside = bracket < 0 ? undefined : nested[top];
      if (inside && !inside.has(name.slice(bracket + 1, -1))) throw unknownParam(name);
    }
    return this;
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  /** Whether the parameter or something inside of it was sent. */
  hasAny(name: string): boolean {
    return this.has(name) || Object.keys(this.fields).some((field) => field.startsWith(`${name}[`));
  }

  text(name: string): string | undefined {
    const value = this.fields[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    return last === '' ? undefined : last;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missing(name);
    return value;
  }

  /** Minor units: an integer from 1 to 99,999,999. */
  amount(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(value)) throw invalidInteger(name, `Invalid integer: ${value}`);
    const amount = Number(value);
    if (amount < 1) throw invalidInteger(name, 'This value must be greater than or equal to 1.');
    if (amount > MAX_AMOUNT) throw amountTooLarge(name, 'Amount must be no more than 999,999.99.');
    return amount;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (!Number.isInteger(number) || number < min || number > max) {
      throw invalidInteger(name, `Invalid integer: ${value}; must be from ${min} to ${max}.`);
    }
    return number;
  }

  flag(name: string): boolean {
    const value = this.text(name);
    if (value === undefined || value === 'false') return false;
    if (value === 'true') return true;
    throw invalidParam(name, `Invalid boolean: ${value}`);
  }

  oneOf<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined)
      throw invalidParam(name, `Invalid ${name}: must be one of ${allowed.join(', ')}`);
    return found;
  }

  metadata(): Record<string, string> {
    const metadata: Record<string, string> = {};
    for (const field in this.fields) {
      if (!field.startsWith('metadata[') || !field.endsWith(']')) continue;
      const name = field.slice(9, -1);
      const value = this.text(field);
      if (value === undefined) continue;
      if (name.length > 40)
        throw invalidParam('metadata', 'Metadata keys may be at most 40 characters long.');
      if (value.length > 500)
        throw invalidParam('metadata', 'Metadata values may be at most 500 characters long.');
      metadata[name] = value;
    }
    if (Object.keys(metadata).length > 50)
      throw invalidParam('metadata', 'Metadata may have at most 50 keys.');
    return metadata;
  }

  expands(what: string): boolean {
    for (const name in this.fields) {
      if (name.startsWith('expand') && this.text(name) === what) return true;
    }
    return false;
  }

  /** The same for the same parameters to the same address, whatever their order. */
  print(address: string): string {
    return hash('sha1', `${address}?${this.source.split('&').sort().join('&')}`, 'base64');
  }
}
