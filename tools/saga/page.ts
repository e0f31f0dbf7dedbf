import { formatMoney, type OrderHistory } from '../../libs/contracts/src/index.ts';
import { short, when } from '../operations/trail.ts';
import { table } from '../table.ts';

type Entry = OrderHistory['timeline'][number];

/** Everything about one order, for a terminal. */
export function page(history: OrderHistory): string[] {
  return [
    ...head(history),
    '',
    ...sagas(history),
    '',
    ...timeline(history),
    ...deeds(history),
    '',
    ...remedies(history),
  ];
}

function head(order: OrderHistory): string[] {
  const total = formatMoney({ amountMinor: order.totalMinor, currency: order.currency });
  const rows: [string, string | null][] = [
    ['id', order.id],
    ['placed', `${when(order.placedAt)} UTC`],
    ['total', total],
    ['trace', `${order.traceId}  (for the logs: grep it, or the id, in .data/logs/*.log)`],
    ['rejection', order.rejection],
    ['cancel', order.cancelRequested ? 'wanted' : null],
    ...(order.undeliverable ?? []).map(({ kind, reason, at }): [string, string] => [
      'mail',
      `"${kind.toLowerCase()}" is undeliverable since ${when(at)} UTC: ${short(reason, 200)}`,
    ]),
  ];
  return [
    `${order.number}  ${order.status}`,
    ...rows.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(9)}  ${value}`])),
  ];
}

function sagas({ sagas }: OrderHistory): string[] {
  return sagas.flatMap(
    ({ type, definition, known, state, stuck, step, attempt, waitsFor, dueAt, lastFailure, data }) => [
      `Saga ${type}${definition ? ` (${definition})` : ''}: ${state.replace('_', ' ')}${stuck ? ', stuck' : ''}`,
      ...(known === false && waitsFor !== null
        ? ['  definition  not known to the running release: it waits for a release that knows it']
        : []),
      ...(waitsFor === null
        ? []
        : [
            `  at         "${step}"${attempt > 0 ? `, failed ${attempt}×` : ''}`,
            `  next       ${waitsFor === 'answer' ? 'answer awaited until' : 'tried again at'} ${when(dueAt)} UTC`,
          ]),
      ...(lastFailure ? [`  failure    ${lastFailure}`] : []),
      `  data       ${JSON.stringify(data)}`,
    ],
  );
}

export function timeline({ timeline }: Pick<OrderHistory, 'timeline'>): string[] {
  const began = Date.parse(timeline[0]?.at ?? '');
  const row = ({ at, type, step, outcome, detail }: Entry): string[] => [
    at.slice(11, 23),
    `+${((Date.parse(at) - began) / 1_000).toFixed(1)} s`,
    type,
    step,
    outcome,
    detail ?? '',
  ];
  const rows = runs(timeline).flatMap((run) => {
    const [first, last] = [run[0]!, run.at(-1)!];
    if (run.length <= 3) return run.map(row);
    return [row(first), ['…', '', first.type, first.step, `${run.length - 2} more`, ''], row(last)];
  });
  return table(['at (UTC)', 'after', 'saga', 'step', 'outcome', 'detail'], rows);
}

/** What happened again and again is told once. */
function runs(timeline: readonly Entry[]): Entry[][] {
  const all: Entry[][] = [];
  for (const entry of timeline) {
    const before = all.at(-1)?.[0];
    const same = (['type', 'step', 'outcome', 'detail'] as const).every(
      (name) => before?.[name] === entry[name],
    );
    if (same) all.at(-1)!.push(entry);
    else all.push([entry]);
  }
  return all;
}

function deeds({ actions }: OrderHistory): string[] {
  if (actions.length === 0) return [];
  return [
    '',
    'Done by hand',
    ...actions.map(
      ({ at, by, action, outcome, message, reason }) =>
        `  ${when(at)}  ${by}: ${action} ${outcome}. ${message}${reason ? ` Because: ${reason}` : ''}`,
    ),
  ];
}

function remedies({ remedies, number }: OrderHistory): string[] {
  if (remedies.length === 0)
    return ['There is nothing to be done: it is at its end, or gets there by itself.'];
  return [
    'What you can do',
    ...table(
      ['command', 'what it does'],
      remedies.map(({ action, effect }) => [`npm run saga -- ${action} ${number}`, effect]),
    ).filter((_, row) => row !== 1),
  ];
}
