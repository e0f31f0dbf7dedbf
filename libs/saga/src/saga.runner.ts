import { Inject, Injectable, Logger } from '@nestjs/common';
import type { DataOf, FailureData, SagaReply } from '@caravan/contracts';
import { ContentionError, type Message } from '@caravan/messaging';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { faultPoint, SERVICE_NAME } from '@caravan/platform';
import type { LocalEffect, SagaDefinition, SagaStarter, SagaView } from './saga.definition.ts';
import { advance, type Effects, type SagaInput, type SagaInstance, type SagaState } from './saga.machine.ts';
import { SagasRepository, type Transition } from './sagas.repository.ts';

/** Injection token of the definitions that a service runs. */
export const SAGA_DEFINITIONS = Symbol('SAGA_DEFINITIONS');

// The runner does not know what a saga's data is; the definition and its data come from the same place.
type Definition = SagaDefinition<Record<string, unknown>>;

/** A saga of its own fault waits until it may be mended; one whose rows are held, until they may be free. */
const PUT_OFF = { refused: '30 seconds', contended: '1 second' };

/** What somebody who wanted a saga to go on found. */
export interface Retried {
  readonly state: SagaState;
  /** The step it is at. */
  readonly step: string;
  /** Whether the step was taken up again; otherwise its answer is still awaited, or it is at its end. */
  readonly again: boolean;
  /** Milliseconds that the answer is still awaited for; null when the saga waits for nothing. */
  readonly waitMs: number | null;
}

/** Runs sagas in batches: one transaction for all that has arrived, a few statements whatever its size. */
@Injectable()
export class SagaRunner implements SagaStarter {
  private readonly log = new Logger('Sagas');
  private readonly definitions: ReadonlyMap<string, Definition>;

  constructor(
    @Inject(SAGA_DEFINITIONS) definitions: Definition[],
    @Inject(SERVICE_NAME) private readonly service: string,
    private readonly sagas: SagasRepository,
    private readonly work: UnitOfWork,
  ) {
    this.definitions = new Map(definitions.map((definition) => [definition.type, definition]));
  }

  /** Begins sagas in the transaction that made them necessary. An id may be used once per type. */
  async start(
    tx: Tx,
    type: string,
    begun: readonly { id: string; data: object; traceparent: string }[],
  ): Promise<void> {
    if (begun.length === 0) return;
    const sagas = begun.map(({ id, data, traceparent }): SagaInstance => ({
      type,
      id,
      traceparent,
      data: data as Record<string, unknown>,
      state: 'running',
      step: 0,
      ask: null,
      attempt: 0,
      dueInMs: null,
      failure: null,
      stuck: false,
    }));
    const effects = sagas.map((saga) => ({ saga, effects: this.advance(saga, { kind: 'start' })! }));
    this.sagas.insert(tx, sagas);
    await this.perform(tx, effects);
  }

  /**
   * Rolls a saga back on request, and locks it until the transaction ends.
   * @returns the state it was found in; `rolling-back` when this request began it; undefined when there is no such saga
   */
  async cancel(
    tx: Tx,
    type: string,
    id: string,
    failure: FailureData,
  ): Promise<SagaState | 'rolling-back' | undefined> {
    const [saga] = await this.sagas.load(tx, [{ type, id }]);
    const effects = saga && this.advance(saga, { kind: 'cancel', failure });
    if (!saga || !effects) return saga?.state;
    this.sagas.update(tx, [saga]);
    await this.perform(tx, [{ saga, effects }]);
    return 'rolling-back';
  }

  /**
   * Ends on request a saga that is stuck behind its point of no return, for another one to take over from there.
   * @returns whether it was one
   */
  async giveUp(tx: Tx, type: string, id: string, failure: FailureData): Promise<boolean> {
    const [saga] = await this.sagas.load(tx, [{ type, id }]);
    const effects = saga && this.advance(saga, { kind: 'give-up', failure });
    if (!saga || !effects) return false;
    this.sagas.update(tx, [saga]);
    await this.perform(tx, [{ saga, effects }]);
    return true;
  }

  /**
   * Takes up on request, before its pause is over, what a saga is at, and locks it until the transaction ends.
   * @returns undefined when there is no such saga
   */
  async retry(tx: Tx, type: string, id: string): Promise<Retried | undefined> {
    const [saga] = await this.sagas.load(tx, [{ type, id }]);
    if (!saga) return undefined;
    const step = this.definitions.get(type)?.steps[saga.step]?.name ?? type;
    const effects = this.advance(saga, { kind: 'retry' });
    if (effects) {
      this.sagas.update(tx, [saga]);
      await this.perform(tx, [{ saga, effects }]);
    }
    return { state: saga.state, step, again: effects !== undefined, waitMs: saga.dueInMs };
  }

  /**
   * Runs a completed saga once more from its first step, with its data, and locks it until the transaction ends.
   * Only for sagas whose steps may be repeated.
   * @returns whether there was a completed one
   */
  async restart(tx: Tx, type: string, id: string): Promise<boolean> {
    const [saga] = await this.sagas.load(tx, [{ type, id }]);
    const effects = saga && this.advance(saga, { kind: 'restart' });
    if (!saga || !effects) return false;
    this.sagas.update(tx, [saga]);
    await this.perform(tx, [{ saga, effects }]);
    return true;
  }

  /** @returns how a saga stands, without locking it; undefined when there is no such saga */
  stateOf(tx: Tx, type: string, id: string): Promise<SagaState | undefined> {
    return this.sagas.stateOf(tx, type, id);
  }

  /** Takes in the answers to what was asked; late and repeated ones change nothing. */
  async replies(messages: readonly Message<DataOf<typeof SagaReply>>[]): Promise<void> {
    const keys = messages.map(({ data }) => keyOf(data.sagaId));
    await this.work.consume(
      messages,
      (tx) => this.sagas.load(tx, keys),
      async (fresh, tx, loaded) => {
        const sagas = new Map(loaded.map((saga) => [`${saga.type}:${saga.id}`, saga]));
        const effects = fresh.flatMap(({ data }) => {
          const saga = sagas.get(data.sagaId);
          const effects = saga && this.advance(saga, toInput(data));
          return saga && effects ? [{ saga, effects }] : [];
        });
        this.sagas.update(tx, [...new Set(effects.map(({ saga }) => saga))]);
        await this.perform(tx, effects);
      },
    );
  }

  /**
   * Lets the deadlines of some sagas pass, by the database's clock.
   * @param at is told the first of them before anything can go wrong
   * @returns how many there were
   */
  async fire(limit: number, at: (saga?: SagaInstance) => void = () => undefined): Promise<number> {
    const types = [...this.definitions.keys()];
    // Mostly there is none, and one question is cheaper than a transaction.
    if (!(await this.sagas.anyDue(types))) {
      at();
      return 0;
    }
    const fired = await this.work.run(async (tx) => {
      const sagas = await this.sagas.loadDue(tx, types, limit);
      at(sagas[0]);
      const effects = sagas.flatMap((saga) => {
        const effects = this.advance(saga, { kind: 'due' });
        return effects ? [{ saga, effects }] : [];
      });
      this.sagas.update(tx, sagas);
      await this.perform(tx, effects);
      return sagas.length;
    });
    if (fired > 0) this.log.warn(`${fired} saga(s) had waited long enough`);
    return fired;
  }

  /** Adds entries to timelines that no saga's transition made; `type` is then the name of what they tell of. */
  note(tx: Tx, entries: readonly Transition[]): void {
    this.sagas.log(tx, entries);
  }

  /** A saga that cannot go on waits, so that it does not keep back the others. */
  async putOff(saga: SagaInstance, error: unknown): Promise<void> {
    const contended = error instanceof ContentionError;
    const said = `${saga.type}:${saga.id} cannot go on and is put off: ${(error as Error).message}`;
    if (contended) this.log.warn(said);
    else this.log.error(said);
    await this.work.run(async (tx) =>
      this.sagas.putOff(tx, saga, contended ? PUT_OFF.contended : PUT_OFF.refused),
    );
  }

  private advance(saga: SagaInstance, input: SagaInput): Effects<Record<string, unknown>> | undefined {
    const definition = this.definitions.get(saga.type);
    if (!definition) throw new Error(`There is no saga "${saga.type}" here`);
    return advance(definition, saga, input);
  }

  private async perform(
    tx: Tx,
    all: { saga: SagaInstance; effects: Effects<Record<string, unknown>> }[],
  ): Promise<void> {
    if (all.some(({ saga, effects }) => saga.state === 'undoing' && effects.sends.length > 0))
      await faultPoint('saga.before-undo');
    const locals = new Map<LocalEffect<Record<string, unknown>>, SagaView<Record<string, unknown>>[]>();
    const log: Transition[] = [];
    for (const { saga, effects } of all) {
      for (const { effect, view } of effects.locals)
        locals.set(effect, [...(locals.get(effect) ?? []), view]);
      for (const entry of effects.log) log.push({ type: saga.type, sagaId: saga.id, ...entry });
      for (const { command, ask } of effects.sends) {
        const question = {
          replyTo: this.service,
          sagaId: `${saga.type}:${saga.id}`,
          ask,
          traceparent: saga.traceparent,
        };
        tx.send(command, saga.data as never, question);
      }
    }
    for (const [effect, views] of locals) await effect(views, tx, this);
    this.sagas.log(tx, log);
    const stuck = log.filter(({ outcome }) => outcome === 'stuck');
    if (stuck.length > 0) tx.afterCommit(() => stuck.forEach((entry) => this.alarm(entry)));
  }

  /** Somebody should look: it goes on being tried, but has failed for long. */
  private alarm({ type, sagaId, step, detail }: Transition): void {
    this.log.error(`${type}:${sagaId} needs attention: "${step}" fails again and again: ${detail}`);
  }
}

function keyOf(sagaId: string): { type: string; id: string } {
  const colon = sagaId.indexOf(':');
  return { type: sagaId.slice(0, colon), id: sagaId.slice(colon + 1) };
}

function toInput({ ask, outcome }: DataOf<typeof SagaReply>): SagaInput {
  return { kind: 'reply', ask, outcome: outcome.ok ? { ok: true, data: outcome.data } : outcome };
}
