import { type Contract, contractOf, type FailureData } from '@caravan/contracts';
import type { Tx } from '@caravan/outbox';
import { type DefinitionData, fingerprintOf, type ReleasedDefinition } from './definition.data.ts';

/** A saga as its local steps see it. */
export interface SagaView<Data> {
  readonly id: string;
  readonly data: Data;
  readonly traceparent: string;
  /** Why it is rolled back, or what it is stuck on. */
  readonly failure: FailureData | null;
}

/** Begins further sagas in the same transaction. An id may be used once per type. */
export interface SagaStarter {
  start(
    tx: Tx,
    type: string,
    begun: readonly { id: string; data: object; traceparent: string }[],
  ): Promise<void>;
}

interface LocalEffects<Data> {
  run(sagas: SagaView<Data>[], tx: Tx, runner: SagaStarter): Promise<void>;
}

/**
 * A step inside the service's own database: for all sagas that have come this far, in the transaction that records it.
 * A method's type: the runner holds the definitions of all sagas, whatever their data, and gives each effect the data
 * that its own saga was begun with.
 */
export type LocalEffect<Data> = LocalEffects<Data>['run'];

export interface AskStep {
  readonly kind: 'ask';
  readonly name: string;
  readonly command: Contract;
  readonly undo?: Contract;
  /** Milliseconds until silence counts as an answer. */
  readonly withinMs: number;
  /** After the point of no return there is only forward: asked again until it is done. */
  readonly untilDone: boolean;
}

export interface LocalStep<Data> {
  readonly kind: 'local';
  readonly name: string;
  readonly effect: LocalEffect<Data>;
}

export type Step<Data> = AskStep | LocalStep<Data>;

/** Where a saga of an earlier definition stands. While it is undoing, `step` is the step being undone. */
export interface Position {
  readonly step: string;
  readonly state: 'running' | 'undoing';
  readonly data: unknown;
}

/** The place in the present definition for a saga at `Position`; undefined leaves the saga under its definition. */
export type Move<Data> = (
  at: Position,
) => { readonly step: string; readonly data?: Partial<Data> } | undefined;

export interface Hooks<Data> {
  readonly rolledBack?: LocalEffect<Data>;
  readonly stuck?: LocalEffect<Data>;
  readonly completed?: LocalEffect<Data>;
}

/** How a definition deals with sagas that began under earlier ones. */
export interface Past<Data> {
  /** Local steps that only earlier definitions have, by name. */
  readonly formerly: Readonly<Record<string, LocalEffect<Data>>>;
  /** Rules of moving, by the fingerprint of the definition that is left. */
  readonly moves: Readonly<Record<string, Move<Data>>>;
}

const RETRY_WITHIN_MS = 10_000;

/** What an answer adds to the data; most answers add nothing. */
type Added<Reply> = Reply extends Record<string, never> ? unknown : Reply;

/** `Needs`: the fields of the data that the commands name. `Adds`: the fields that the answer adds. */
class Ask<in Needs, out Adds> {
  readonly kind = 'ask';
  /** Never read: it makes a step that needs more than the data has a type error in the line of that step. */
  declare private readonly types: { readonly needs: (data: Needs) => void; readonly adds: Adds };

  constructor(
    readonly command: string,
    readonly withinMs: number,
    readonly untilDone: boolean,
    readonly undoing?: string,
  ) {}

  /** Silence longer than this (`'10s'`, `'500ms'`, `'2m'`) rolls the saga back. */
  within(duration: string): Ask<Needs, Adds> {
    return new Ask(this.command, parseDuration(duration), this.untilDone, this.undoing);
  }

  /** The command that takes the step back. It is sent whether or not the step was ever answered: undoing nothing is a no-op. */
  undo<More>(command: Contract<More, unknown>): Ask<Needs & More, Adds> {
    return new Ask(this.command, this.withinMs, this.untilDone, command.type);
  }

  /** Asked again, with back-off, until it is done. Only after the point of no return. */
  retryUntilDone(): Ask<Needs, Adds> {
    return new Ask(this.command, this.withinMs, true, this.undoing);
  }
}

class Local<Data> {
  readonly kind = 'local';
  constructor(readonly effect: LocalEffect<Data>) {}
}

/** A step of another service. The command gets those fields of the saga's data that its contract names. */
export const ask = <Needs, Reply>(command: Contract<Needs, Reply>): Ask<Needs, Added<Reply>> =>
  new Ask(command.type, RETRY_WITHIN_MS, false);

/** A step of this service's own, in the transaction that records it. */
export const local = <Data>(effect: LocalEffect<Data>): Local<Data> => new Local(effect);

/** The process as a table: steps in order, each with what it asks, what takes it back and how long it may take. */
export class SagaDefinition<Data> {
  /** What is committed of it when it is released. */
  readonly data: DefinitionData;
  /** Of the names, kinds, commands and order of the steps; not of durations. */
  readonly fingerprint: string;

  constructor(
    readonly type: string,
    readonly steps: readonly Step<Data>[] = [],
    readonly hooks: Hooks<Data> = {},
    readonly past: Past<Data> = { formerly: {}, moves: {} },
  ) {
    this.data = { type, steps: steps.map(describe) };
    this.fingerprint = fingerprintOf(this.data);
  }

  /**
   * Adds a step. Its name is stored with each saga and in each question: give a changed step a new name.
   * @throws when the name is taken or not storable, or when a step that can fail stands behind the point of no return
   */
  step<Adds>(name: string, step: Ask<Data, Adds> | Local<Data>): SagaDefinition<Data & Adds> {
    checkName(this.type, name, this.steps);
    const added: Step<Data> =
      step.kind === 'local'
        ? { kind: 'local', name, effect: step.effect }
        : {
            kind: 'ask',
            name,
            command: contractNamed(step.command),
            undo: step.undoing === undefined ? undefined : contractNamed(step.undoing),
            withinMs: step.withinMs,
            untilDone: step.untilDone,
          };
    if (added.kind === 'ask' && !added.untilDone && this.steps.some(isFinal)) {
      throw new Error(
        `${this.type}: "${name}" can fail, but stands behind the point of no return; make it retryUntilDone()`,
      );
    }
    return this.with({ steps: [...this.steps, added] }) as SagaDefinition<Data & Adds>;
  }

  /** After every undo is done. */
  onRolledBack({ effect }: Local<Data>): SagaDefinition<Data> {
    return this.with({ hooks: { ...this.hooks, rolledBack: effect } });
  }

  /** When a step that must be done has failed many times; it goes on being tried. */
  onStuck({ effect }: Local<Data>): SagaDefinition<Data> {
    return this.with({ hooks: { ...this.hooks, stuck: effect } });
  }

  /** After the last step. */
  onCompleted({ effect }: Local<Data>): SagaDefinition<Data> {
    return this.with({ hooks: { ...this.hooks, completed: effect } });
  }

  /** A local step that a released definition names and this one does not: it was renamed or taken out. */
  formerly(name: string, { effect }: Local<Data>): SagaDefinition<Data> {
    return this.with({ past: { ...this.past, formerly: { ...this.past.formerly, [name]: effect } } });
  }

  /**
   * Moves sagas that began under a released definition to this one, with the next input that reaches them. The step that
   * `move` names must ask what the saga asks now. Without a rule, a saga ends under the definition that it began with.
   */
  from({ fingerprint }: ReleasedDefinition, move: Move<Data>): SagaDefinition<Data> {
    return this.with({ past: { ...this.past, moves: { ...this.past.moves, [fingerprint]: move } } });
  }

  private with(
    change: Partial<Pick<SagaDefinition<Data>, 'steps' | 'hooks' | 'past'>>,
  ): SagaDefinition<Data> {
    const { steps = this.steps, hooks = this.hooks, past = this.past } = change;
    return new SagaDefinition(this.type, steps, hooks, past);
  }
}

/** Local steps and those retried until done cannot be taken back: from the first of them on there is only forward. */
export const isFinal = (step: { kind: 'local' } | { kind: 'ask'; untilDone: boolean }): boolean =>
  step.kind === 'local' || step.untilDone;

export const saga = <Data>(type: string): SagaDefinition<Data> => new SagaDefinition<Data>(type);

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `'10s'` → 10000. @throws on anything but a whole number and ms, s, m or h */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text);
  if (!match) throw new Error(`"${text}" is not a duration such as 500ms, 10s or 2m`);
  return Number(match[1]) * UNITS[match[2]!]!;
}

function describe(step: Step<never>): DefinitionData['steps'][number] {
  if (step.kind === 'local') return { name: step.name, kind: 'local' };
  const { name, kind, command, undo, untilDone, withinMs } = step;
  return { name, kind, command: command.type, ...(undo && { undo: undo.type }), untilDone, withinMs };
}

/** A name stands in `<name>:do:<n>`; a number there is a step of the releases that stored positions. */
function checkName(type: string, name: string, steps: readonly { name: string }[]): void {
  if (!/^[\p{L}][\p{L}\p{N} _.-]{0,79}$/u.test(name))
    throw new Error(
      `${type}: "${name}" is no name of a step: a letter, then letters, digits, blanks, _ . or -`,
    );
  if (steps.some((other) => other.name === name)) throw new Error(`${type}: two steps are named "${name}"`);
}

/** @throws when no contract has that name */
function contractNamed(type: string): Contract {
  const contract = contractOf(type);
  if (!contract) throw new Error(`There is no contract ${type}`);
  return contract;
}
