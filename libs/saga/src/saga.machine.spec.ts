import { describe, expect, it } from '@jest/globals';
import {
  AuthorizePayment,
  CapturePayment,
  type Line,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { ask, local, saga } from './saga.definition.ts';
import { advance, commandOf, newSaga, type SagaInput } from './saga.machine.ts';

const confirm = async () => {};
const reject = async () => {};
const flag = async () => {};
interface Trip {
  orderId: string;
  lines: Line[];
  amountMinor: number;
  currency: string;
  paymentMethod: string;
}
const definition = saga<Trip>('checkout')
  .step('reserve', ask(ReserveStock).within('10s').undo(ReleaseStock))
  .step('authorize', ask(AuthorizePayment).within('30s').undo(VoidPayment))
  .step('confirm', local(confirm))
  .step('capture', ask(CapturePayment).retryUntilDone())
  .onRolledBack(local(reject))
  .onStuck(local(flag));

const DATA: Trip = {
  orderId: '1',
  lines: [],
  amountMinor: 100,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
};
const REFUSAL = { code: 'x.refused', message: 'No' };

type Reply = Extract<SagaInput, { kind: 'reply' }>;
const OK = { ok: true, data: {} } as const;

/** Plays inputs and tells, for each, what was sent and which local steps ran. */
class Play {
  readonly instance = newSaga(definition, { id: '1', traceparent: '', data: DATA });
  log: string[] = [];

  give(input: SagaInput): string[] | undefined {
    const effects = advance(definition, this.instance, input);
    if (!effects) return undefined;
    this.log.push(...effects.log.map((entry) => `${entry.step} ${entry.outcome}`));
    return [
      ...effects.locals.map(({ effect }) => effect.name),
      ...effects.sends.map(({ command }) => command.type),
    ];
  }

  start = () => this.give({ kind: 'start' });
  /** The command that the question on its way names. */
  get command(): string {
    return commandOf(definition, this.instance)!.type;
  }
  ok = (data: unknown = {}) => this.answer({ ok: true, data });
  no = () => this.answer({ ok: false, failure: REFUSAL });
  answer = (outcome: Reply['outcome'], ask = this.instance.ask!, command = this.command) =>
    this.give({ kind: 'reply', ask, command, outcome });
  timePasses = () => {
    this.instance.dueInMs = 0;
    return this.give({ kind: 'due' });
  };
}

describe('a saga', () => {
  it('asks step after step and runs local steps on the way', () => {
    const play = new Play();
    expect(play.start()).toEqual(['inventory.reserve-stock']);
    expect(play.ok()).toEqual(['payments.authorize-payment']);
    expect(play.ok()).toEqual(['confirm', 'payments.capture-payment']);
    expect(play.ok()).toEqual([]);
    expect(play.instance).toMatchObject({ state: 'completed', ask: null, dueInMs: null });
    expect(play.log).toEqual([
      'checkout started',
      'reserve done',
      'authorize done',
      'confirm done',
      'capture done',
    ]);
  });

  it('takes back every step that was asked, last first, when one refuses', () => {
    const play = new Play();
    play.start();
    play.ok();
    expect(play.no()).toEqual(['payments.void-payment']);
    expect(play.ok()).toEqual(['inventory.release-stock']);
    expect(play.ok()).toEqual(['reject']);
    expect(play.instance).toMatchObject({ state: 'rolled_back', failure: REFUSAL });
  });

  it('takes silence for a refusal and undoes the silent step as well', () => {
    const play = new Play();
    play.start();
    expect(play.timePasses()).toEqual(['inventory.release-stock']);
    expect(play.instance.failure?.code).toBe('saga.timed-out');
  });

  it('does not hear an answer that comes late', () => {
    const play = new Play();
    play.start();
    const late = play.instance.ask!;
    play.timePasses();
    expect(play.answer(OK, late, ReserveStock.type)).toBeUndefined();
    expect(play.instance.state).toBe('undoing');
  });

  it('hears a yes that comes late to what it asks until it is done, in a pause too, but no late no', () => {
    const play = new Play();
    play.start();
    play.ok();
    play.ok();
    const first = play.instance.ask!;
    const answer = (outcome: Reply['outcome']) => play.answer(outcome, first, CapturePayment.type);
    play.timePasses();
    expect(answer({ ok: false, failure: REFUSAL })).toBeUndefined();
    expect(answer(OK)).toEqual([]);
    expect(play.instance.state).toBe('completed');
    expect(answer(OK)).toBeUndefined();
  });

  it('hears an answer once', () => {
    const play = new Play();
    play.start();
    const first = play.instance.ask!;
    play.ok();
    expect(play.answer(OK, first, ReserveStock.type)).toBeUndefined();
    expect(play.instance.step).toBe('authorize');
  });

  it('asks again until it is done after the point of no return, with longer and longer pauses', () => {
    const play = new Play();
    play.start();
    play.ok();
    play.ok();
    expect(play.no()).toEqual([]);
    const pause = play.instance.dueInMs!;
    expect(play.timePasses()).toEqual(['payments.capture-payment']);
    expect(play.timePasses()).toEqual([]);
    expect(play.instance.dueInMs).toBe(2 * pause);
    expect(play.timePasses()).toEqual(['payments.capture-payment']);
    expect(play.ok()).toEqual([]);
    expect(play.instance.state).toBe('completed');
  });

  it('calls somebody, once, when it fails again and again, and goes on trying', () => {
    const play = new Play();
    play.start();
    play.ok();
    play.ok();
    const effects: (string[] | undefined)[] = [];
    for (let i = 0; i < 15; i++) {
      effects.push(play.no());
      effects.push(play.timePasses());
    }
    expect(effects.flat().filter((name) => name === 'flag')).toHaveLength(1);
    expect(play.instance.stuck).toBe(true);
    expect(play.ok()).toEqual([]);
    expect(play.instance).toMatchObject({ state: 'completed', stuck: false });
  });

  it.each(['no', 'timePasses'] as const)(
    'an outage of a day (%s) leads to a bounded number of questions and of timeline entries',
    (kind) => {
      const play = new Play();
      play.start();
      play.ok();
      play.ok();
      let questions = 0;
      for (let ms = 0; ms < 86_400_000;) {
        ms += play.instance.dueInMs!;
        if (play.instance.ask !== null) play[kind]();
        else questions += play.timePasses()!.length;
      }
      expect(questions).toBeLessThan(45);
      expect(play.log.length).toBeLessThan(25);
      expect(play.log.filter((entry) => entry === 'capture stuck')).toHaveLength(1);
      // The answer to any of the questions counts, however late.
      expect(play.answer(OK, 'capture:do:0', CapturePayment.type)).toEqual([]);
      expect(play.instance.state).toBe('completed');
    },
  );

  it('is taken up again on request while it pauses, and not while an answer is awaited', () => {
    const retry: SagaInput = { kind: 'retry' };
    const play = new Play();
    play.start();
    play.ok();
    play.ok();
    expect(play.give(retry)).toBeUndefined();
    play.no();
    expect(play.give(retry)).toEqual(['payments.capture-payment']);
    expect(play.log.slice(-2)).toEqual(['capture failed', 'capture retried']);
    play.ok();
    expect(play.give(retry)).toBeUndefined();
  });

  it('is given up on request once it is stuck behind its point of no return, and hears no late answer', () => {
    const giveUp: SagaInput = { kind: 'give-up', failure: REFUSAL };
    const play = new Play();
    play.start();
    play.ok();
    play.ok();
    expect(play.give(giveUp)).toBeUndefined();
    for (let i = 0; i < 10; i++) {
      play.no();
      play.timePasses();
    }
    const { ask } = play.instance;
    expect(play.give(giveUp)).toEqual([]);
    expect(play.instance).toMatchObject({ state: 'completed', ask: null, dueInMs: null, stuck: false });
    expect(play.log.at(-1)).toBe('capture given up');
    expect(play.answer(OK, ask!, CapturePayment.type)).toBeUndefined();
  });

  it('repeats an undo until it is done', () => {
    const play = new Play();
    play.start();
    play.no();
    expect(play.no()).toEqual([]);
    expect(play.timePasses()).toEqual(['inventory.release-stock']);
    expect(play.ok()).toEqual(['reject']);
  });

  it('is cancelled before its point of no return, and not after', () => {
    const cancel: SagaInput = {
      kind: 'cancel',
      failure: { code: 'orders.cancelled', message: 'Changed my mind' },
    };
    const early = new Play();
    early.start();
    early.ok();
    expect(early.give(cancel)).toEqual(['payments.void-payment']);
    expect(early.give(cancel)).toBeUndefined();
    const late = new Play();
    late.start();
    late.ok();
    late.ok();
    expect(late.give(cancel)).toBeUndefined();
  });

  it('does not take the answer to another command, whatever question it names', () => {
    const play = new Play();
    play.start();
    expect(play.answer(OK, play.instance.ask!, AuthorizePayment.type)).toBeUndefined();
    expect(play.answer(OK, 'authorize:do:0', AuthorizePayment.type)).toBeUndefined();
    expect(play.answer(OK, 'reserve:undo:0', ReserveStock.type)).toBeUndefined();
    expect(play.instance.step).toBe('reserve');
  });

  it.each(['completed', 'rolled_back'] as const)(
    'that is %s does nothing more, whatever its dates say',
    (state) => {
      const play = new Play();
      play.start();
      Object.assign(play.instance, { state, dueInMs: 0 });
      const before = structuredClone(play.instance);
      for (const kind of ['due', 'retry'] as const) expect(play.give({ kind })).toBeUndefined();
      expect(play.answer(OK, play.instance.ask!, ReserveStock.type)).toBeUndefined();
      for (const kind of ['cancel', 'give-up'] as const)
        expect(play.give({ kind, failure: REFUSAL })).toBeUndefined();
      expect(play.instance).toEqual(before);
    },
  );

  it('runs once more from its first step when it is completed and its owner restarts it', () => {
    const play = new Play();
    play.start();
    expect(play.give({ kind: 'restart' })).toBeUndefined();
    for (const _ of ['reserve', 'authorize', 'capture']) play.ok();
    expect(play.give({ kind: 'restart' })).toEqual(['inventory.reserve-stock']);
    expect(play.instance).toMatchObject({ state: 'running', step: 'reserve', ask: 'reserve:do:0' });
  });

  it('keeps what answers bring for the steps that follow', () => {
    const play = new Play();
    play.start();
    play.ok({ paymentId: 'p1' });
    expect(play.instance.data).toEqual({ ...DATA, paymentId: 'p1' });
  });
});

describe('a definition', () => {
  it('refuses a step that can fail behind the point of no return', () => {
    expect(() => definition.step('late', ask(ReserveStock).within('1s'))).toThrow('point of no return');
  });

  it.each(['2nd step:do', '3', '', ' reserve', 'a'.repeat(81)])(
    'refuses "%s" as the name of a step',
    (name) => {
      expect(() => saga<Trip>('trip').step(name, local(confirm))).toThrow('no name of a step');
    },
  );

  it('refuses two steps of one name', () => {
    expect(() => definition.step('capture', local(confirm))).toThrow('two steps are named');
  });

  it('has a fingerprint of names, kinds, commands and order, and not of durations', () => {
    const base = saga<Trip>('trip')
      .step('a', ask(ReserveStock).undo(ReleaseStock))
      .step('b', ask(AuthorizePayment));
    const same = saga<Trip>('trip')
      .step('a', ask(ReserveStock).within('99s').undo(ReleaseStock))
      .step('b', ask(AuthorizePayment).within('1ms'))
      .onStuck(local(flag));
    expect(same.fingerprint).toBe(base.fingerprint);
    const others = [
      saga<Trip>('tour').step('a', ask(ReserveStock).undo(ReleaseStock)).step('b', ask(AuthorizePayment)),
      saga<Trip>('trip').step('b', ask(AuthorizePayment)).step('a', ask(ReserveStock).undo(ReleaseStock)),
      saga<Trip>('trip').step('a', ask(ReserveStock)).step('b', ask(AuthorizePayment)),
      saga<Trip>('trip').step('a', ask(ReserveStock).undo(ReleaseStock)).step('c', ask(AuthorizePayment)),
      saga<Trip>('trip').step('a', ask(ReserveStock).undo(ReleaseStock)).step('b', ask(CapturePayment)),
      saga<Trip>('trip').step('a', ask(ReserveStock).undo(ReleaseStock)).step('b', local(confirm)),
      base.step('c', local(confirm)),
    ];
    const fingerprints = [base, ...others].map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
  });

  it('does not compile when a command names what the data lacks', () => {
    // @ts-expect-error -- the data has no payment method
    saga<{ orderId: string }>('trip').step('authorize', ask(AuthorizePayment));
    // @ts-expect-error -- the undo names an order
    saga<{ lines: Line[] }>('trip').step('reserve', ask(ReserveStock).undo(ReleaseStock));
    saga<{ orderId: string }>('trip').step('capture', ask(CapturePayment));
  });

  it('refuses a duration that is none', () => {
    expect(() => ask(ReserveStock).within('soon')).toThrow('not a duration');
  });
});
