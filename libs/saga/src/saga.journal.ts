import type { FailureData, SagaOutcome } from '@caravan/contracts';
import type { SagaCatalogue } from './saga.catalogue.ts';
import {
  advance,
  commandOf,
  type Effects,
  newSaga,
  type SagaInput,
  type SagaInstance,
} from './saga.machine.ts';

/** A line of the timeline as it is stored: step, outcome, detail. */
export type Line = readonly [step: string, outcome: SagaOutcome, detail?: string];

type Snapshot = Pick<SagaInstance, 'state' | 'step' | 'ask' | 'attempt' | 'failure' | 'stuck' | 'data'>;
type Reply = Extract<SagaInput, { kind: 'reply' }>;

/**
 * One input of a saga and the lines that it led to, as stored in the saga's row. `found` is no input: it says where a saga stood
 * that an earlier release, which kept no journal, had brought there.
 */
export interface JournalEntry {
  /** Microseconds since 1970, by the database's clock; given by the statement that stores the entry. */
  readonly at?: number;
  readonly input: SagaInput['kind'] | 'moved' | 'found';
  readonly log: readonly Line[];
  /** Of `start`, `restart`, `moved` and `found`: the definition from then on. */
  readonly definition?: string;
  /** Of a reply that answers an earlier attempt: that question. Any other answers the open one, and with that its command. */
  readonly ask?: string;
  /** Id of the message that brought the input. */
  readonly message?: string;
  /** What a good reply tells, unless it tells nothing. */
  readonly data?: unknown;
  /** Of a bad reply, a cancellation or a saga given up. */
  readonly failure?: FailureData;
  /** The saga's data before this input changed it. */
  readonly before?: object;
  /** Trace id of the request that asked for it. */
  readonly trace?: string;
  readonly found?: Snapshot;
}

/** What brought an input: a message, or the request of a person. */
export interface Cause {
  readonly message?: string;
  readonly trace?: string;
}

/**
 * The entry of an input that was accepted. It is written with each of the saga's updates, so it has no more than a replay needs.
 * @param before the saga's open question and data before the input
 */
export function entryOf(
  input: SagaInput,
  { log }: Pick<Effects<never>, 'log'>,
  saga: Pick<SagaInstance, 'definition' | 'data'>,
  before: Pick<SagaInstance, 'ask' | 'data'>,
  cause: Cause,
): JournalEntry {
  return {
    input: input.kind,
    ...((input.kind === 'start' || input.kind === 'restart') && { definition: saga.definition }),
    ...(input.kind === 'reply' && replied(input, before.ask)),
    ...((input.kind === 'cancel' || input.kind === 'give-up') && { failure: input.failure }),
    ...cause,
    ...(saga.data !== before.data && { before: before.data }),
    log: log.map(({ step, outcome, detail }) =>
      detail === null ? [step, outcome] : [step, outcome, detail],
    ),
  };
}

function replied({ ask, outcome }: Reply, open: string | null): Partial<JournalEntry> {
  const other = ask !== open && { ask };
  if (!outcome.ok) return { ...other, failure: outcome.failure };
  const told = typeof outcome.data === 'object' && outcome.data && Object.keys(outcome.data).length > 0;
  return { ...other, ...(told && { data: outcome.data }) };
}

export function foundEntry(saga: SagaInstance): JournalEntry {
  const { definition, state, step, ask, attempt, failure, stuck, data } = saga;
  return { input: 'found', definition, found: { state, step, ask, attempt, failure, stuck, data }, log: [] };
}

/** One entry replayed: the saga after it, what it asked, and where the present code differs from what was recorded. */
export interface ReplayedEntry {
  readonly entry: JournalEntry;
  readonly saga: SagaInstance;
  /** Of a reply: what it answers. */
  readonly answers: { readonly command: string; readonly ask: string } | null;
  readonly asked: readonly { readonly command: string; readonly ask: string }[];
  readonly differs: string | null;
}

/**
 * Plays a journal through the present code.
 * @param last the saga as it is stored: its identity, and the data that no entry remembers
 * @returns an entry for each of the journal's, up to the first that the present code cannot play
 */
export function replay(
  catalogue: SagaCatalogue,
  last: SagaInstance,
  journal: readonly JournalEntry[],
): ReplayedEntry[] {
  const data = (journal.find(({ before }) => before)?.before ?? last.data) as SagaInstance['data'];
  const { type, id, traceparent, definition: fingerprint } = last;
  const saga = newSaga({ type, fingerprint }, { id, traceparent, data });
  const replayed: ReplayedEntry[] = [];
  for (const entry of journal) {
    const played = play(catalogue, saga, entry);
    replayed.push({ entry, saga: { ...saga }, ...played });
    if (played.differs) break;
  }
  return replayed;
}

type Played = Pick<ReplayedEntry, 'answers' | 'asked' | 'differs'>;

function play(catalogue: SagaCatalogue, saga: SagaInstance, entry: JournalEntry): Played {
  const nothing = (differs: string | null = null): Played => ({ answers: null, asked: [], differs });
  if (entry.definition) saga.definition = entry.definition;
  if (entry.found) {
    Object.assign(saga, entry.found, { dueInMs: 0 });
    return nothing();
  }
  const definition = catalogue.find(saga.definition);
  if (!definition) return nothing(`the definition ${catalogue.nameOf(saga.definition)} is not known here`);
  if (entry.input === 'moved') {
    saga.step = entry.log[0]?.[0] ?? saga.step;
    return nothing();
  }
  // The clock is not replayed: that the input was accepted tells that it was time.
  if (saga.dueInMs !== null && (entry.input === 'due' || entry.input === 'retry')) saga.dueInMs = 0;
  if (entry.input === 'restart') saga.state = 'completed';
  const input = inputOf(entry, saga.ask ?? '', commandOf(definition, saga)?.type ?? '');
  const answers = input.kind === 'reply' ? { ask: input.ask, command: input.command } : null;
  const effects = advance(definition, saga, input);
  if (!effects) return nothing(`"${entry.input}" changes nothing at "${saga.step}", ${saga.state}`);
  const lines = effects.log.map(({ step, outcome }) => `${step} ${outcome}`).join(', ');
  const recorded = entry.log.map(([step, outcome]) => `${step} ${outcome}`).join(', ');
  return {
    answers,
    asked: effects.sends.map(({ command, ask }) => ({ command: command.type, ask })),
    differs: lines === recorded ? null : `recorded "${recorded}", replayed "${lines}"`,
  };
}

/** @param open the question that is open @param command what the saga's step asks */
function inputOf({ input, ask, failure, data = {} }: JournalEntry, open: string, command: string): SagaInput {
  const because = failure ?? { code: '', message: '' };
  switch (input) {
    case 'reply':
      return {
        kind: input,
        ask: ask ?? open,
        command,
        outcome: failure ? { ok: false, failure } : { ok: true, data },
      };
    case 'cancel':
    case 'give-up':
      return { kind: input, failure: because };
    case 'moved':
    case 'found':
      throw new Error(`"${input}" is no input of the state machine`);
    default:
      return { kind: input };
  }
}

/** A saga's row, with all entries of its journal. */
export type JournalRow = Omit<SagaInstance, 'step' | 'definition' | 'dueInMs'> & {
  readonly step: number;
  readonly stepName: string | null;
  readonly definition: string | null;
  /** It ended after the last entry: under a release that kept no journal. */
  readonly endedUnrecorded: boolean | null;
  readonly journal: readonly JournalEntry[];
};

/** A saga's whole journal, and the saga as it is stored. */
export interface Journal {
  readonly saga: SagaInstance;
  /** Name of the definition it runs under. */
  readonly definition: string;
  /** Each input with what it led to, replayed through the present code. */
  readonly replayed: readonly ReplayedEntry[];
  /** Why the replay does not end where the saga stands; null when it does. */
  readonly differs: string | null;
}

/** Replays a stored saga. */
export function journalOf(catalogue: SagaCatalogue, stored: JournalRow): Journal {
  const { journal, step, stepName, endedUnrecorded, ...row } = stored;
  const definition = row.definition ?? catalogue.ofPositions(row.type);
  const saga: SagaInstance = {
    ...row,
    definition,
    step: catalogue.stepNamed(row.type, definition, step, stepName),
    ask: row.ask && catalogue.askNamed(definition, row.ask),
    dueInMs: null,
  };
  const replayed = replay(catalogue, saga, journal);
  return {
    saga,
    definition: catalogue.nameOf(definition),
    replayed,
    differs: difference(saga, replayed, endedUnrecorded ?? false),
  };
}

function difference(
  saga: SagaInstance,
  replayed: readonly ReplayedEntry[],
  endedUnrecorded: boolean,
): string | null {
  const last = replayed.at(-1);
  if (last?.differs) return last.differs;
  if (!last || endedUnrecorded) return 'an earlier release brought it to its end, and kept no journal';
  const of = ({ state, step, ask, attempt, stuck, definition, data }: SagaInstance) =>
    JSON.stringify({ state, step, ask, attempt, stuck, definition, data: sorted(data) });
  return of(last.saga) === of(saga) ? null : `replayed ${of(last.saga)}, stored ${of(saga)}`;
}

/** jsonb keeps no order of keys. */
function sorted(data: object): [string, unknown][] {
  return Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
