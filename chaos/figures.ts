import type { Fault } from './fault.ts';
import type { Flags } from './flags.ts';
import { median, type Result } from './report.ts';

/** What `--json` writes. */
export interface Run {
  readonly flags: Flags;
  readonly green: boolean;
  readonly results: readonly Result[];
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

/**
 * The table of docs/reliability.md, in Markdown: every fault in the order of the list, with what the runs say of it.
 * Where several runs made the same fault, the last one counts.
 */
export function figures(
  runs: readonly Run[],
  families: Readonly<Record<string, readonly Fault[]>>,
): string[] {
  const results = new Map<string, Result>();
  for (const { results: some } of runs)
    for (const result of some) results.set(result.kind === 'ran' ? result.outcome.name : result.name, result);
  const lines = Object.entries(families).flatMap(([family, faults]) => [
    `| **${family}** | | | | |`,
    ...faults.map(({ name, title }) => `| \`${name}\`: ${title} | ${cells(results.get(name))} |`),
  ]);
  return [
    '| fault | orders | violations | ready again, s | all final, s |',
    '| --- | --: | --: | --: | --: |',
    ...lines,
    '',
    total([...results.values()]),
  ];
}

function cells(result: Result | undefined): string {
  if (!result) return 'not run | | | ';
  if (result.kind === 'impossible') return `not possible here: ${result.why} | | | `;
  const { orders, violations, recoveries, quietMs } = result.outcome;
  const back = recoveries.length > 0 ? seconds(median(recoveries.map(({ ms }) => ms))) : '';
  return [orders, violations.length, back, seconds(quietMs)].join(' | ');
}

function total(results: readonly Result[]): string {
  const ran = results.flatMap((result) => (result.kind === 'ran' ? [result.outcome] : []));
  const sum = (of: (outcome: (typeof ran)[number]) => number): number =>
    ran.reduce((all, one) => all + of(one), 0);
  const recoveries = ran.flatMap((outcome) => outcome.recoveries.map(({ ms }) => ms));
  return (
    `${ran.length} faults, ${sum(({ orders }) => orders)} orders, ${sum(({ violations }) => violations.length)} violations; ` +
    `a process that was ended was ready again after ${seconds(median(recoveries))} s (median of ${recoveries.length}).`
  );
}
