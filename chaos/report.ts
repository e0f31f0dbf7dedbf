import { table } from '../tools/table.ts';
import type { Flags } from './flags.ts';
import type { Outcome } from './run-fault.ts';

export type Result =
  | { readonly kind: 'ran'; readonly outcome: Outcome }
  | { readonly kind: 'impossible'; readonly name: string; readonly why: string };

const SHOWN = 12;

export const isGreen = (results: readonly Result[]): boolean =>
  results.every((result) => result.kind === 'impossible' || result.outcome.violations.length === 0);

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What became of one fault, line by line. */
export function describe({ orders, statuses, violations, recoveries, quietMs, tookMs }: Outcome): string[] {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const counts = Object.entries(statuses)
    .sort(([, a], [, b]) => b - a)
    .map(([status, count]) => `${count} ${status}`);
  const back = recoveries.map(({ ms }) => ms);
  return [
    `    ${orders} orders: ${counts.join(', ') || 'none'}`,
    ...(back.length > 0
      ? [
          `    ready again after ${seconds(median(back))} (median of ${back.length}, longest ${seconds(Math.max(...back))})`,
        ]
      : []),
    `    all final ${seconds(quietMs)} after the end; ${seconds(tookMs)} in all`,
    ...violations.slice(0, SHOWN).map((violation) => `    ✗ ${violation}`),
    ...(violations.length > SHOWN ? [`    … and ${violations.length - SHOWN} more`] : []),
    violations.length === 0 ? '    ✓ the books balance' : `    ✗ ${violations.length} VIOLATIONS`,
  ];
}

/** How to see it again; of a soak the whole, for what was broken may have been prepared before. */
export function repeatCommand(flags: Flags, name: string): string {
  const { command, seed, minutes, replicas, orders, concurrency } = flags;
  const what = command === 'soak' ? `soak --minutes ${minutes}` : `run ${name}`;
  const given = { orders, concurrency, seed, replicas: replicas > 1 ? replicas : undefined };
  const options = Object.entries(given).filter(([, value]) => value !== undefined);
  return ['npm run chaos --', what, ...options.map(([option, value]) => `--${option} ${value}`)].join(' ');
}

export function memoryTable(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): string[] {
  const rows = Object.entries(after).map(([label, mb]) => [label, String(before[label] ?? '–'), String(mb)]);
  return table(['process', 'MB when warm', 'MB at the end'], rows);
}

export function summary(results: readonly Result[]): string[] {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  return table(
    ['fault', 'orders', 'violations', 'ready again, s', 'all final, s'],
    results.map((result) => {
      if (result.kind === 'impossible') return [result.name, '–', `not possible here, because ${result.why}`];
      const { name, orders, violations, recoveries, quietMs } = result.outcome;
      const back = recoveries.length > 0 ? seconds(median(recoveries.map(({ ms }) => ms))) : '–';
      return [name, String(orders), String(violations.length), back, seconds(quietMs)];
    }),
  );
}
