import { table } from '../tools/table.ts';
import { ratios, type Summary, total } from './summary.ts';
import { OUTSIDE } from './system.ts';

type ByProcess = Readonly<Record<string, number>>;

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const keysOf = (records: readonly ByProcess[]): string[] => [...new Set(records.flatMap(Object.keys))];

/** The tables that a person reads. @param idle of each system, ms of CPU per second by process */
export function tables(summaries: readonly Summary[], idle: Readonly<Record<string, ByProcess>>): string[] {
  const systems = [...new Set(summaries.map(({ system }) => system))];
  return [
    ...rates(summaries),
    ...beside(summaries, systems),
    ...systems.flatMap((system) => {
      const own = summaries.filter((summary) => summary.system === system);
      return [
        ...costs(own, system, idle[system] ?? {}),
        ...memory(own, system),
        ...transactions(own, system),
      ];
    }),
  ];
}

function rates(summaries: readonly Summary[]): string[] {
  const head =
    'part,system,per s,spread,p50 ms,p95,p99,settled,CPU ms,generator,others,RSS MB,outcomes'.split(',');
  // What is compared stands together, whichever came first in the first round.
  const parts = [...new Set(summaries.map(({ part }) => part))];
  const rows = parts.flatMap((part) =>
    summaries
      .filter((summary) => summary.part === part)
      .map((s, n) => [
        n === 0 ? part : '',
        s.system,
        s.perSecond.toFixed(s.perSecond < 100 ? 1 : 0),
        percent(s.spread),
        ...[s.p50, s.p95, s.p99, s.settledAfterMs].map(ms),
        s.cpuTotal.toFixed(2),
        s.cpuGenerator.toFixed(2),
        percent(s.cpuOfOthers),
        s.rss.toFixed(0),
        Object.entries(s.outcomes)
          .map(([outcome, count]) => `${count} ${outcome}`)
          .join(', '),
      ]),
  );
  return table(head, rows);
}

function beside(summaries: readonly Summary[], [first = '', ...others]: string[]): string[] {
  if (others.length === 0) return [];
  const rows = ratios(summaries, first).map((ratio) => [
    ratio.part,
    ratio.against,
    ...[ratio.perSecond, ratio.cpu, ratio.p50, ratio.p99, ratio.rss].map((value) => `× ${value.toFixed(2)}`),
  ]);
  const head = ['', 'against', 'per s', 'CPU', 'p50', 'p99', 'RSS'];
  return ['', `${first}: its figure divided by the other's`, ...table(head, rows)];
}

function costs(own: readonly Summary[], system: string, idle: ByProcess): string[] {
  const costOf = (name: string): number => own.reduce((sum, { cpu }) => sum + (cpu[name] ?? 0), 0);
  const names = keysOf(own.map(({ cpu }) => cpu)).toSorted((a, b) => costOf(b) - costOf(a));
  const rows = names.map((name) => [
    OUTSIDE.has(name) ? `(${name})` : name,
    ...own.map(({ cpu }) => (cpu[name] ?? 0).toFixed(3)),
    (idle[name] ?? 0).toFixed(1),
  ]);
  return [
    '',
    `${system}: CPU-ms per request by process (in brackets: the world outside, not counted); idle: ms per second with nobody asking`,
    ...table(['', ...own.map(({ part }) => part), 'idle'], rows),
  ];
}

function memory(own: readonly Summary[], system: string): string[] {
  const names = keysOf(own.map(({ rssByProcess }) => rssByProcess));
  const rows = names.map((name) => [name, ...own.map((s) => (s.rssByProcess[name] ?? 0).toFixed(0))]);
  return [
    '',
    `${system}: resident MB by process, at the last answer`,
    ...table(['', ...own.map((s) => s.part)], rows),
  ];
}

function transactions(own: readonly Summary[], system: string): string[] {
  const rowsOf = (pick: (summary: Summary) => ByProcess, digits: number): string[][] =>
    keysOf(own.map(pick)).map((key) => [key, ...own.map((s) => (pick(s)[key] ?? 0).toFixed(digits))]);
  const head = ['', ...own.map(({ part }) => part)];
  const sizes = rowsOf(({ batches }) => batches, 1);
  return [
    ...(sizes.length > 0 ? ['', `${system}: items per transaction`, ...table(head, sizes)] : []),
    ...(own.some(({ commits }) => total(commits) > 0)
      ? [
          '',
          `${system}: transactions per request by database`,
          ...table(
            head,
            rowsOf(({ commits }) => commits, 2),
          ),
        ]
      : []),
  ];
}
