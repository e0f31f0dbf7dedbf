import type { SagaCatalogue } from './saga.catalogue.ts';
import { type Journal, type JournalEntry, type Line, replay } from './saga.journal.ts';
import { newSaga } from './saga.machine.ts';

/** The journal of one saga without what is its own (ids, times, data): what went in, and what each input led to. */
export interface RecordedJournal {
  readonly type: string;
  readonly definition: string;
  readonly entries: readonly {
    readonly input: JournalEntry['input'];
    readonly ask?: string;
    readonly failed?: true;
    readonly log: readonly Line[];
    /** `<command> <question>` of each command that was sent. */
    readonly asked: readonly string[];
  }[];
}

/** @returns undefined for a journal that does not tell the whole story under one definition */
export function recordedOf({ saga, definition, replayed, differs }: Journal): RecordedJournal | undefined {
  const whole = replayed.every(({ entry }) => entry.input !== 'found' && entry.input !== 'moved');
  if (!whole || differs !== null) return undefined;
  const entries = replayed.map(({ entry, asked }) => ({
    input: entry.input,
    ...(entry.ask !== undefined && { ask: entry.ask }),
    ...(entry.failure && { failed: true as const }),
    log: entry.log.map(([step, outcome]): Line => [step, outcome]),
    asked: asked.map(({ command, ask }) => `${command} ${ask}`),
  }));
  return { type: saga.type, definition, entries };
}

/** Plays a recorded journal through the present code. @returns where it now leads elsewhere; null when it does not */
export function divergence(catalogue: SagaCatalogue, recorded: RecordedJournal): string | null {
  const { fingerprint } = catalogue.released.find(({ name }) => name === recorded.definition) ?? {};
  if (!fingerprint) return `${recorded.definition} is not among the released definitions`;
  const saga = newSaga({ type: recorded.type, fingerprint }, { id: '', traceparent: '', data: {} });
  const failure = { code: 'recorded', message: '' };
  const journal = recorded.entries.map(({ failed, ...entry }): JournalEntry => ({
    ...entry,
    ...(failed && { failure }),
    ...((entry.input === 'start' || entry.input === 'restart') && { definition: fingerprint }),
  }));
  for (const [n, { asked, differs }] of replay(catalogue, saga, journal).entries()) {
    if (differs) return `entry ${n + 1}: ${differs}`;
    const now = asked.map(({ command, ask }) => `${command} ${ask}`).join(', ');
    const then = recorded.entries[n]!.asked.join(', ');
    if (now !== then) return `entry ${n + 1}: recorded the commands "${then}", replayed "${now}"`;
  }
  return null;
}
