import { Inject, Injectable, Logger } from '@nestjs/common';
import { Code, type DataOf, Failure, type FailureData, type SagaReply } from '@caravan/contracts';
import { ContentionError, type Message } from '@caravan/messaging';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { currentContext, faultPoint, SERVICE_NAME } from '@caravan/platform';
import { SagaCatalogue } from './saga.catalogue.ts';
import type { LocalEffect, SagaStarter, SagaView } from './saga.definition.ts';
import { type Cause, entryOf, type JournalEntry } from './saga.journal.ts';
import {
  advance,
  type Effects,
  newSaga,
  type SagaInput,
  type SagaInstance,
  type SagaState,
} from './saga.machine.ts';
import { type HeldReply, type Note, SagasRepository, type StoredSaga } from './sagas.repository.ts';

/** A saga of its own fault waits until it may be mended; one whose rows are held, until they may be free. */
const PUT_OFF = { refused: '30 seconds', contended: '1 second' };

/** What became of a request to take up a saga's step. */
export interface Retried {
  readonly state: SagaState;
  /** The step it is at. */
  readonly step: string;
  /** Whether the step was taken up again; otherwise its answer is still awaited, or it is at its end. */
  readonly again: boolean;
  /** Milliseconds that the answer is still awaited for; null when the saga waits for nothing. */
  readonly waitMs: number | null;
}

type Data = object;
type Advanced = { readonly saga: SagaInstance; readonly effects: Effects<Data> };

/** Runs sagas in batches: one transaction for all that has arrived, a few statements whatever its size. */
@Injectable()
export class SagaRunner implements SagaStarter {
  private readonly log = new Logger('Sagas');

  constructor(
    @Inject(SagaCatalogue) private readonly catalogue: SagaCatalogue,
    @Inject(SERVICE_NAME) private readonly service: string,
    private readonly sagas: SagasRepository,
    private readonly work: UnitOfWork,
  ) {}

  /** Begins sagas in the transaction that made them necessary. An id may be used once per type. */
  async start(
    tx: Tx,
    type: string,
    begun: readonly { id: string; data: object; traceparent: string }[],
  ): Promise<void> {
    if (begun.length === 0) return;
    const definition = this.catalogue.presentOf(type);
    const advanced = begun.map(({ id, data, traceparent }) => {
      const saga = {
        ...newSaga<Data>(definition, { id, traceparent, data }),
        entries: [] as JournalEntry[],
      };
      const effects = advance(definition, saga, { kind: 'start' })!;
      saga.entries.push(entryOf({ kind: 'start' }, effects, saga, saga, {}));
      return { saga, effects };
    });
    this.sagas.insert(
      tx,
      advanced.map(({ saga }) => saga),
    );
    await this.perform(tx, advanced);
  }

  /**
   * Rolls a saga back on request, and locks it until the transaction ends.
   * @returns the state it was found in; `rolling-back` when this request began it; undefined when there is no such saga
   * @throws Failure `caravan.unavailable` when this release does not know the saga's definition; so do the next three
   */
  async cancel(
    tx: Tx,
    type: string,
    id: string,
    failure: FailureData,
  ): Promise<SagaState | 'rolling-back' | undefined> {
    const saga = await this.loadOne(tx, type, id);
    const accepted = saga && (await this.request(tx, saga, { kind: 'cancel', failure }));
    return accepted ? 'rolling-back' : saga?.state;
  }

  /**
   * Ends on request a saga that is stuck behind its point of no return, for another one to take over from there.
   * @returns whether it was one
   */
  async giveUp(tx: Tx, type: string, id: string, failure: FailureData): Promise<boolean> {
    const saga = await this.loadOne(tx, type, id);
    return saga !== undefined && this.request(tx, saga, { kind: 'give-up', failure });
  }

  /**
   * Takes up on request, before its pause is over, what a saga is at, and locks it until the transaction ends.
   * @returns undefined when there is no such saga
   */
  async retry(tx: Tx, type: string, id: string): Promise<Retried | undefined> {
    const saga = await this.loadOne(tx, type, id);
    if (!saga) return undefined;
    const { step } = saga;
    const again = await this.request(tx, saga, { kind: 'retry' });
    return { state: saga.state, step, again, waitMs: saga.dueInMs };
  }

  /**
   * Runs a completed saga once more from its first step, with its data and under the present definition, and locks it until the
   * transaction ends. Only for sagas whose steps may be repeated.
   * @returns whether there was a completed one
   */
  async restart(tx: Tx, type: string, id: string): Promise<boolean> {
    const saga = await this.loadOne(tx, type, id);
    if (saga?.state !== 'completed') return false;
    saga.definition = this.catalogue.presentOf(type).fingerprint;
    return this.request(tx, saga, { kind: 'restart' });
  }

  /** @returns how a saga stands, without locking it; undefined when there is no such saga */
  stateOf(tx: Tx, type: string, id: string): Promise<SagaState | undefined> {
    return this.sagas.stateOf(tx, type, id);
  }

  /** Takes in the answers to what was asked; late and repeated ones change nothing, so none enters the inbox. */
  async replies(messages: readonly Message<DataOf<typeof SagaReply>>[]): Promise<void> {
    const replies = messages.map(({ id, data }) => ({ message: id, reply: data }));
    const keys = replies.map(({ reply }) => keyOf(reply.sagaId));
    await this.work.run(async (tx) => this.takeIn(tx, await this.sagas.load(tx, keys), replies), {
      idempotent: true,
    });
  }

  /**
   * Lets the deadlines of some sagas pass, by the database's clock, after the answers that another build has held for them.
   * @param at is told the first of them before anything can go wrong
   * @returns how many rows there were
   */
  async fire(limit: number, at: (saga?: StoredSaga) => void = () => undefined): Promise<number> {
    // Mostly there is none, and one question is cheaper than a transaction.
    const pending = await this.sagas.pending();
    const held = pending.held ? await this.takeHeld(limit) : 0;
    if (!pending.due) {
      at();
      return held;
    }
    const { seen, fired } = await this.work.run(async (tx) => {
      const sagas = await this.sagas.loadDue(tx, limit);
      at(sagas[0]);
      const advanced = this.accepted(sagas.map((saga) => ({ saga, input: { kind: 'due' } })));
      this.sagas.lookLater(
        tx,
        sagas.filter((saga) => !advanced.some((each) => each.saga === saga)),
      );
      await this.carryOut(tx, advanced);
      return { seen: sagas.length, fired: advanced.length };
    });
    if (fired > 0) this.log.warn(`The deadlines of ${fired} saga(s) have passed`);
    return Math.max(seen, held);
  }

  /** Adds lines to timelines that no saga's transition made; `type` is then the name of what they tell of. */
  note(tx: Tx, notes: readonly Note[]): void {
    this.sagas.note(tx, notes);
  }

  /** A saga that cannot go on waits, so that it does not keep back the others. */
  async putOff(saga: StoredSaga, error: unknown): Promise<void> {
    const contended = error instanceof ContentionError;
    const said = `${saga.type}:${saga.id} cannot go on and is put off: ${(error as Error).message}`;
    if (contended) this.log.warn(said);
    else this.log.error(said);
    await this.work.run(async (tx) =>
      this.sagas.putOff(tx, saga, contended ? PUT_OFF.contended : PUT_OFF.refused),
    );
  }

  private async takeHeld(limit: number): Promise<number> {
    return this.work.run(async (tx) => {
      const held = await this.sagas.takeHeld(tx, limit);
      if (held.length === 0) return 0;
      const keys = held.map(({ reply }) => keyOf(reply.sagaId));
      await this.takeIn(tx, await this.sagas.load(tx, keys), held);
      return held.length;
    });
  }

  private async takeIn(tx: Tx, loaded: readonly StoredSaga[], replies: readonly HeldReply[]): Promise<void> {
    const sagas = new Map(loaded.map((saga) => [`${saga.type}:${saga.id}`, saga]));
    const inputs: { saga: StoredSaga; input: SagaInput; cause: Cause }[] = [];
    const unknown: (HeldReply & { type: string; id: string })[] = [];
    for (const { message, reply } of replies) {
      const saga = sagas.get(reply.sagaId);
      if (saga && !this.catalogue.find(saga.definition))
        unknown.push({ message, reply, ...keyOf(reply.sagaId) });
      else if (saga) inputs.push({ saga, input: this.toInput(saga, reply), cause: { message } });
    }
    this.sagas.hold(tx, unknown);
    await this.carryOut(tx, this.accepted(inputs));
  }

  private async loadOne(tx: Tx, type: string, id: string): Promise<StoredSaga | undefined> {
    const [saga] = await this.sagas.load(tx, [{ type, id }]);
    return saga;
  }

  /** @returns whether the saga accepted the input of a person */
  private async request(tx: Tx, saga: StoredSaga, input: SagaInput): Promise<boolean> {
    if (!this.catalogue.find(saga.definition))
      throw new Failure(
        Code.unavailable,
        `${saga.type}:${saga.id} runs under the definition ${this.catalogue.nameOf(saga.definition)}, which belongs to another ` +
          'release; nothing was done. Repeat it where that release runs.',
      );
    const cause = { trace: currentContext().traceparent.slice(3, 35) };
    const advanced = this.accepted([{ saga, input, cause }]);
    await this.carryOut(tx, advanced);
    return advanced.length > 0;
  }

  /** Gives each saga its input; those that change nothing are left out. */
  private accepted(
    inputs: readonly { saga: StoredSaga; input: SagaInput; cause?: Cause }[],
  ): { saga: StoredSaga; effects: Effects<Data> }[] {
    return inputs.flatMap(({ saga, input, cause = {} }) => {
      const next = { ...saga };
      const moved = this.catalogue.move(next) ? [movedEntry(next, saga)] : [];
      const before = { ask: next.ask, data: next.data };
      const effects = advance(this.catalogue.find(next.definition)!, next, input);
      if (!effects) return [];
      next.entries.push(...moved, entryOf(input, effects, next, before, cause));
      Object.assign(saga, next);
      return [{ saga, effects }];
    });
  }

  private async carryOut(tx: Tx, advanced: { saga: StoredSaga; effects: Effects<Data> }[]): Promise<void> {
    this.sagas.update(tx, [...new Set(advanced.map(({ saga }) => saga))]);
    await this.perform(tx, advanced);
  }

  private async perform(tx: Tx, all: readonly Advanced[]): Promise<void> {
    if (all.some(({ saga, effects }) => saga.state === 'undoing' && effects.sends.length > 0))
      await faultPoint('saga.before-undo');
    const locals = new Map<LocalEffect<Data>, SagaView<Data>[]>();
    const stuck: string[] = [];
    for (const { saga, effects } of all) {
      const name = `${saga.type}:${saga.id}`;
      for (const { effect, view } of effects.locals)
        locals.set(effect, [...(locals.get(effect) ?? []), view]);
      for (const { step, outcome, detail } of effects.log)
        if (outcome === 'stuck')
          stuck.push(`${name} needs attention: "${step}" fails again and again: ${detail}`);
      for (const { command, ask } of effects.sends)
        tx.send(command, saga.data, {
          replyTo: this.service,
          sagaId: name,
          ask,
          traceparent: saga.traceparent,
        });
    }
    for (const [effect, views] of locals) await effect(views, tx, this);
    // It goes on being tried, but has failed for long.
    if (stuck.length > 0) tx.afterCommit(() => stuck.forEach((said) => this.log.error(said)));
  }

  private toInput(saga: SagaInstance, { ask, command, outcome }: DataOf<typeof SagaReply>): SagaInput {
    return {
      kind: 'reply',
      ask: this.catalogue.askNamed(saga.definition, ask),
      command,
      outcome: outcome.ok ? { ok: true, data: outcome.data } : outcome,
    };
  }
}

function movedEntry({ definition, step, data }: SagaInstance, before: SagaInstance): JournalEntry {
  return {
    input: 'moved',
    definition,
    ...(data !== before.data && { before: before.data }),
    log: [[step, 'moved', `from "${before.step}" of an earlier definition`]],
  };
}

function keyOf(sagaId: string): { type: string; id: string } {
  const colon = sagaId.indexOf(':');
  return { type: sagaId.slice(0, colon), id: sagaId.slice(colon + 1) };
}
