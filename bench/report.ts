import { table } from '../tools/table.ts';
import { featureCosts } from './features.ts';
import { ratios, type Summary, total } from './summary.ts';
import { OUTSIDE, SERVERS } from './system.ts';

type Numbers = Readonly<Record<string, number>>;

/** Of one system before anybody has asked it for anything, by process. */
export interface Idle {
  /** Milliseconds of CPU per second. */
  cpu: Numbers;
  /** Resident MB. */
  rss: Numbers;
}

export interface Measured {
  summaries: readonly Summary[];
  idle: Readonly<Record<string, Idle>>;
  /** Milliseconds from nothing to ready, by service. */
  starts: Numbers;
}

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const keysOf = (records: readonly Numbers[]): string[] => [...new Set(records.flatMap(Object.keys))];
const inBrackets = (name: string): string => (OUTSIDE.has(name) ? `(${name})` : name);

/** The tables that a person reads; the first system is the one that the others are held against. */
export function tables({ summaries, idle, starts }: Measured): string[] {
  const systems = [...new Set(summaries.map(({ system }) => system))];
  const subjects = [...new Set(summaries.map(({ subject }) => subject))];
  return [
    ...(summaries.length > 0 ? rates(summaries) : []),
    ...beside(summaries, systems),
    ...byFeature(summaries, systems[0]),
    ...subjects.flatMap((subject) =>
      systems.flatMap((system) => {
        const own = summaries.filter((summary) => summary.subject === subject && summary.system === system);
        return own.length === 0 ? [] : details(own, system);
      }),
    ),
    ...atRest(idle),
    ...untilReady(starts),
  ];
}

function rates(summaries: readonly Summary[]): string[] {
  const head =
    'part,system,per s,spread,p50 ms,p95,p99,settled,CPU ms,generator,others,RSS MB,own,outcomes'.split(',');
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
        s.cpuTotal.toFixed(s.cpuTotal < 1 ? 3 : 2),
        s.cpuGenerator.toFixed(2),
        percent(s.cpuOfOthers),
        s.rss.toFixed(0),
        s.ownMemory.toFixed(0),
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
    ...[ratio.perSecond, ratio.cpu, ratio.p50, ratio.p99, ratio.rss, ratio.ownMemory].map(
      (value) => `× ${value.toFixed(2)}`,
    ),
  ]);
  const head = ['', 'against', 'per s', 'CPU', 'p50', 'p99', 'RSS', 'own'];
  return ['', `${first}: its figure divided by the other's`, ...table(head, rows)];
}

function byFeature(summaries: readonly Summary[], system = ''): string[] {
  const rows = featureCosts(summaries, system).map(({ feature, cpu, perSecond }) => [
    feature,
    cpu.has.toFixed(3),
    cpu.hasNot.toFixed(3),
    ((cpu.has - cpu.hasNot) * 1_000).toFixed(0),
    perSecond.has.toFixed(0),
    perSecond.hasNot.toFixed(0),
    `× ${(perSecond.has / perSecond.hasNot).toFixed(2)}`,
  ]);
  const head = ['', 'CPU ms with', 'without', 'costs µs', 'per s with', 'without', ''];
  return rows.length === 0 ? [] : ['', `${system}: what a feature costs a request`, ...table(head, rows)];
}

/** Of one subject on one system: CPU and memory by process, batches, transactions. */
function details(own: readonly Summary[], system: string): string[] {
  const head = ['', ...own.map(({ part }) => part)];
  const rows = (pick: (summary: Summary) => Numbers, digits: number): string[][] =>
    keysOf(own.map(pick))
      .toSorted((a, b) => sumOf(b, pick) - sumOf(a, pick))
      .filter((key) => sumOf(key, pick) > 0)
      .map((key) => [inBrackets(key), ...own.map((s) => (pick(s)[key] ?? 0).toFixed(digits))]);
  const sumOf = (key: string, pick: (summary: Summary) => Numbers): number =>
    own.reduce((sum, summary) => sum + (pick(summary)[key] ?? 0), 0);
  const said = (title: string, body: string[][]): string[] =>
    body.length === 0 ? [] : ['', `${system}: ${title}`, ...table(head, body)];
  return [
    ...said(
      'CPU-ms per request by process (in brackets: the world outside, not counted)',
      rows(({ cpu }) => cpu, 3),
    ),
    ...said(
      'resident MB by process, at the last answer',
      rows(({ rssByProcess }) => rssByProcess, 0),
    ),
    ...said(
      'items per transaction',
      rows(({ batches }) => batches, 1),
    ),
    ...said(
      'transactions per request by database',
      rows(({ commits }) => commits, 2),
    ),
    ...said(
      'written per request: rows, and write-ahead log of the whole server',
      rows(({ written }) => written, 1),
    ),
  ];
}

function atRest(idle: Readonly<Record<string, Idle>>): string[] {
  const rows = Object.entries(idle).map(([system, { cpu, rss }]) => [
    system,
    String(Object.keys(rss).filter((name) => !OUTSIDE.has(name) && !SERVERS.has(name)).length),
    total(rss, OUTSIDE, SERVERS).toFixed(0),
    total(cpu, OUTSIDE, SERVERS).toFixed(1),
    total(cpu, OUTSIDE).toFixed(1),
  ]);
  const head = ['', 'processes', 'RSS MB', 'CPU ms per s', 'with servers'];
  return ['', 'At rest, before the first request (without the world outside)', ...table(head, rows)];
}

function untilReady(starts: Numbers): string[] {
  const rows = Object.entries(starts).map(([service, time]) => [service, time.toFixed(0)]);
  return rows.length === 0
    ? []
    : ['', 'One more of each service, from nothing to ready', ...table(['', 'ms'], rows)];
}
