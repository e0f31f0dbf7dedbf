import type { Contract, FailureData } from '@caravan/contracts';
import type { Tx } from '@caravan/outbox';

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

/** A step inside the service's own database: for all sagas that have come this far, in the transaction that records it. */
export type LocalEffect<Data> = (sagas: SagaView<Data>[], tx: Tx, runner: SagaStarter) => Promise<void>;

type AnyContract = Contract<never, unknown> | Contract;

export interface AskStep {
  readonly kind: 'ask';
  readonly name: string;
  readonly command: AnyContract;
  readonly undo?: AnyContract;
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

const RETRY_WITHIN_MS = 10_000;

class Ask {
  readonly kind = 'ask';

  constructor(
    readonly command: AnyContract,
    readonly withinMs: number,
    readonly untilDone: boolean,
    readonly undoing?: AnyContract,
  ) {}

  /** Silence longer than this (`'10s'`, `'500ms'`, `'2m'`) rolls the saga back. */
  within(duration: string): Ask {
    return new Ask(this.command, parseDuration(duration), this.untilDone, this.undoing);
  }

  /** The command that takes the step back. It is sent whether or not the step was ever answered: undoing nothing is a no-op. */
  undo(command: AnyContract): Ask {
    return new Ask(this.command, this.withinMs, this.untilDone, command);
  }

  /** Asked again, with back-off, until it is done. Only after the point of no return. */
  retryUntilDone(): Ask {
    return new Ask(this.command, this.withinMs, true, this.undoing);
  }
}

class Local<Data> {
  readonly kind = 'local';
  constructor(readonly effect: LocalEffect<Data>) {}
}

/** A step of another service. The command gets those fields of the saga's data that its contract names. */
export const ask = (command: AnyContract): Ask => new Ask(command, RETRY_WITHIN_MS, false);

/** A step of this service's own, in the transaction that records it. */
export const local = <Data>(effect: LocalEffect<Data>): Local<Data> => new Local(effect);

/** The process as a table: steps in order, each with what it asks, what takes it back and how long it may take. */
export class SagaDefinition<Data> {
  constructor(
    readonly type: string,
    readonly steps: readonly Step<Data>[] = [],
    readonly hooks: {
      readonly rolledBack?: LocalEffect<Data>;
      readonly stuck?: LocalEffect<Data>;
      readonly completed?: LocalEffect<Data>;
    } = {},
  ) {}

  /** @throws when a step that can fail stands behind the point of no return */
  step(name: string, step: Ask | Local<Data>): SagaDefinition<Data> {
    const added: Step<Data> =
      step.kind === 'local'
        ? { kind: 'local', name, effect: step.effect }
        : {
            kind: 'ask',
            name,
            command: step.command,
            undo: step.undoing,
            withinMs: step.withinMs,
            untilDone: step.untilDone,
          };
    if (added.kind === 'ask' && !added.untilDone && this.steps.some(isFinal)) {
      throw new Error(
        `${this.type}: "${name}" can fail, but stands behind the point of no return; make it retryUntilDone()`,
      );
    }
    return new SagaDefinition(this.type, [...this.steps, added], this.hooks);
  }

  /** After every undo is done. */
  onRolledBack({ effect }: Local<Data>): SagaDefinition<Data> {
    return new SagaDefinition(this.type, this.steps, { ...this.hooks, rolledBack: effect });
  }

  /** When a step that must be done has failed many times; it goes on being tried. */
  onStuck({ effect }: Local<Data>): SagaDefinition<Data> {
    return new SagaDefinition(this.type, this.steps, { ...this.hooks, stuck: effect });
  }

  /** After the last step. */
  onCompleted({ effect }: Local<Data>): SagaDefinition<Data> {
    return new SagaDefinition(this.type, this.steps, { ...this.hooks, completed: effect });
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
