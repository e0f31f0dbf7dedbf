import type { OrderHistory, ReplayedEntryData, SagaReplay } from '../../libs/contracts/src/index.ts';
import { when } from '../operations/trail.ts';
import { table } from '../table.ts';
import { timeline } from './page.ts';

/** A replay for a terminal: a line an input, and whether it ends in the stored state. */
export function replayPage({ number, sagas }: SagaReplay): string[] {
  return sagas.flatMap(({ type, definition, entries, differs }, i) => [
    ...(i > 0 ? [''] : []),
    `${number}  saga ${type}, ${definition}`,
    ...table(
      ['at (UTC)', 'input', 'led to', 'asked', 'then at'],
      entries.map((entry) => [
        entry.at.slice(11, 23),
        inputOf(entry),
        entry.lines.map(({ step, outcome }) => `${step} ${outcome}`).join(', ') || '–',
        entry.asked.map(({ ask }) => ask).join(', ') || '–',
        entry.waitingFor ?? `${entry.state.replace('_', ' ')}, "${entry.step}"`,
      ]),
    ),
    differs === null
      ? 'The replay ends in the stored state.'
      : `The replay does not end in the stored state: ${differs}`,
  ]);
}

function inputOf({ input, ask, failure }: ReplayedEntryData): string {
  return [input, ask, failure && `failed: ${failure}`].filter(Boolean).join(' ');
}

export interface Standing {
  readonly number: string;
  readonly at: string;
  /** Only those that had begun. */
  readonly sagas: readonly (Pick<ReplayedEntryData, 'state' | 'step' | 'waitingFor' | 'attempt' | 'stuck'> & {
    readonly type: string;
    readonly definition: string;
    readonly since: string;
  })[];
  readonly timeline: OrderHistory['timeline'];
}

/** How an order's sagas stood at an instant. */
export function standing(history: OrderHistory, replay: SagaReplay, at: string): Standing {
  const sagas = replay.sagas.flatMap(({ type, definition, entries }) => {
    const last = entries.findLast((entry) => entry.at <= at);
    if (!last) return [];
    const { state, step, waitingFor, attempt, stuck, at: since } = last;
    return [{ type, definition, state, step, waitingFor, attempt, stuck, since }];
  });
  const before = history.timeline.filter((entry) => entry.at <= at);
  return { number: history.number, at, sagas, timeline: before };
}

export function standingPage({ number, at, sagas, timeline: entries }: Standing): string[] {
  if (sagas.length === 0) return [`${number} had no saga at ${when(at)} UTC.`];
  return [
    `${number} at ${when(at)} UTC`,
    ...sagas.flatMap(({ type, definition, state, step, waitingFor, attempt, stuck, since }) => [
      `Saga ${type} (${definition}): ${state.replace('_', ' ')}${stuck ? ', stuck' : ''}`,
      `  at         "${step}"${attempt > 0 ? `, failed ${attempt}×` : ''}, since ${when(since)} UTC`,
      ...(waitingFor ? [`  waits for  the answer to ${waitingFor}`] : []),
    ]),
    '',
    ...timeline({ timeline: entries }),
  ];
}
