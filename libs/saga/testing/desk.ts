import type { FailureData } from '@caravan/contracts';
import type { SagaCatalogue } from '../src/saga.catalogue.ts';
import type { LocalEffect, SagaStarter, SagaView } from '../src/saga.definition.ts';
import type { Effects, SagaInput, SagaInstance, SagaState } from '../src/saga.machine.ts';
import { checkHistory, runAfter } from './history.ts';
import { isEnded, questionOf } from './position.ts';
import { Broken, Foreign, ID, type Surroundings } from './surroundings.ts';
import { definitionOf, frozenSaga, transition } from './transition.ts';
import {
  type Data,
  emptyRun,
  questionAt,
  type Reply,
  type Run,
  type Sent,
  textOf,
  type World,
} from './world.ts';

/**
 * One event in one world: what it does to the sagas, with the real state machine and the real local steps, in one
 * transaction. It has those methods of `SagaRunner` that the services of a saga use, so that their code can run here.
 */
export class Desk implements SagaStarter {
  /** What happened, in words. */
  readonly notes: string[] = [];
  /** The id of all sagas of one story. */
  readonly id = ID;

  private isHome = false;

  constructor(
    private readonly around: Surroundings,
    public world: World,
    /** The release that handles the event. */
    private readonly build: SagaCatalogue = around.builds[0]!,
  ) {}

  /** The sagas of the exploration, the one that is begun first. */
  get types(): readonly string[] {
    return this.around.builds[0]!.types;
  }

  async start(_tx: unknown, type: string, begun: readonly { id: string; data: object }[]): Promise<void> {
    for (const { id, data } of begun) {
      if (this.world.sagas[type]) throw new Broken(`a second ${type} of the same order begins`);
      this.put(frozenSaga(this.build.presentOf(type), id, data as Data), emptyRun);
      await this.give(type, { kind: 'start' });
    }
  }

  async cancel(
    _tx: unknown,
    type: string,
    _id: string,
    failure: FailureData,
  ): Promise<SagaState | 'rolling-back' | undefined> {
    const saga = this.world.sagas[type];
    return (await this.give(type, { kind: 'cancel', failure })) ? 'rolling-back' : saga?.state;
  }

  giveUp(_tx: unknown, type: string, _id: string, failure: FailureData): Promise<boolean> {
    return this.give(type, { kind: 'give-up', failure });
  }

  /** Nothing of the first run is under way any more: people restart a saga long after its end. */
  restart(_tx: unknown, type: string): Promise<boolean> {
    if (this.world.sagas[type]?.state === 'completed') {
      const sent = this.world.sent.filter(({ saga }) => saga !== type);
      this.world = { ...this.world, sent };
    }
    return this.give(type, { kind: 'restart' });
  }

  async retry(_tx: unknown, type: string): Promise<{ again: boolean } | undefined> {
    return this.world.sagas[type] && { again: await this.give(type, { kind: 'retry' }) };
  }

  async stateOf(_tx: unknown, type: string): Promise<SagaState | undefined> {
    return this.world.sagas[type]?.state;
  }

  /**
   * Gives a saga an input, checks what comes of it against the rules, and carries it out.
   * @returns whether it had an effect
   * @throws Broken
   */
  async give(type: string, input: SagaInput): Promise<boolean> {
    const before = this.world.sagas[type];
    if (!before) return false;
    if (!this.build.find(before.definition)) throw new Foreign();
    const { after, effects, moved } = transition(this.around, before, input, this.build);
    if (!effects) return false;
    Object.freeze(after.data);
    if (moved) this.notes.push(`${type} is moved from "${before.step}" to the present definition`);
    this.put(after, runAfter(this.world.runs[type]!, effects, after, input, moved));
    this.send(type, effects);
    const { replies } = this.world;
    const left = replies.filter((reply) => reply.saga !== type || mayCount(reply, after));
    if (left.length < replies.length) this.world = { ...this.world, replies: left };
    checkHistory(definitionOf(this.around, after), after, effects, this.world);
    for (const { step, outcome } of effects.log)
      this.notes.push(`${type}: ${step === type ? '' : `"${step}" `}${outcome}`);
    for (const { effect, view } of effects.locals) await this.run(type, effect, view);
    for (const { command, ask } of effects.sends) this.notes.push(`${type} asks ${command.type} (${ask})`);
    return true;
  }

  /** Something happens to a participant by itself. @param state its next state */
  happensTo(participant: string, state: unknown): void {
    this.world = { ...this.world, participants: { ...this.world.participants, [participant]: state } };
    this.notes.push(`${participant}: ${JSON.stringify(state)}`);
  }

  /** `SagaRunner.note`: lines of a timeline that no saga's transition made. */
  note(): void {}

  /** Says something to the participants, as `tx.publish` of a local step does. */
  publish(event: { type: string }): void {
    if (this.world.sent.some(({ type, saga }) => type === event.type && saga === '')) return;
    const sent: Sent = { saga: '', type: event.type, question: '', asks: [], did: false };
    this.world = { ...this.world, sent: [...this.world.sent, sent] };
    this.notes.push(`${event.type} is published`);
  }

  /** Runs the service's own code on this world's state; work inside of work is the same transaction. */
  async atHome<T>(work: (tx: never) => T | Promise<T>): Promise<T> {
    const { own } = this.around;
    const tx = {
      publish: (event: { type: string }) => this.publish(event),
      execute: () => undefined,
      afterCommit: () => undefined,
    };
    if (this.isHome) return work(tx as never);
    if (own) own.value = this.world.own;
    this.isHome = true;
    try {
      return await work(tx as never);
    } finally {
      this.isHome = false;
      if (own) this.world = { ...this.world, own: own.value };
    }
  }

  private async run(type: string, effect: LocalEffect<Data>, view: SagaView<Data>): Promise<void> {
    const name = `${type}: ${effect.name}`;
    if (!this.world.ran.includes(name)) this.world = { ...this.world, ran: [...this.world.ran, name] };
    this.notes.push(`${effect.name} runs`);
    await this.atHome((tx) => effect([view], tx, this));
  }

  private put(saga: SagaInstance, run: Run): void {
    const { sagas, runs } = this.world;
    this.world = {
      ...this.world,
      sagas: { ...sagas, [saga.type]: saga },
      runs: { ...runs, [saga.type]: run },
    };
  }

  private send(saga: string, { sends }: Effects<Data>): void {
    for (const { command, ask } of sends) {
      const question = questionOf(ask);
      const sent = [...this.world.sent];
      const at = sent.findIndex((s) => s.saga === saga && s.type === command.type && s.question === question);
      const before = sent[at] ?? { saga, type: command.type, question, asks: [], did: false };
      if (before.asks.includes(ask)) throw new Broken(`${ask} is asked a second time under the same name`);
      const asks = [...before.asks, ask];
      if (at < 0) sent.push({ ...before, asks });
      else sent[at] = { ...before, asks };
      this.world = { ...this.world, sent };
    }
  }
}

/** Whether an answer that is on its way can ever count again. */
function mayCount({ ask, outcome }: Reply, saga: SagaInstance): boolean {
  if (isEnded(saga)) return false;
  if (ask === saga.ask) return true;
  return outcome.ok && questionOf(ask) === questionAt(saga);
}

export const addReply = (world: World, reply: Reply): World =>
  world.replies.some((other) => textOf(other) === textOf(reply))
    ? world
    : { ...world, replies: [...world.replies, reply] };
