import { describe, expect, it } from '@jest/globals';
import {
  AuthorizePayment,
  CapturePayment,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { SagaCatalogue } from './saga.catalogue.ts';
import { ask, local, saga } from './saga.definition.ts';
import { entryOf, foundEntry, journalOf, type JournalEntry, replay } from './saga.journal.ts';
import { advance, commandOf, newSaga, type SagaInput, type SagaInstance } from './saga.machine.ts';

interface Trip {
  orderId: string;
  lines: { sku: string; quantity: number }[];
  amountMinor: number;
  currency: string;
  paymentMethod: string;
}
const DATA: Trip = {
  orderId: '1',
  lines: [],
  amountMinor: 1,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
};
const FAILURE = { code: 'x.refused', message: 'No' };

const definition = saga<Trip>('trip')
  .step('reserve', ask(ReserveStock).undo(ReleaseStock))
  .step('authorize', ask(AuthorizePayment).undo(VoidPayment))
  .step(
    'confirm',
    local(async () => {}),
  )
  .step('capture', ask(CapturePayment).retryUntilDone());
const catalogue = new SagaCatalogue([definition], []);

/** A saga that keeps its journal as the runner does. */
class Recorded {
  readonly journal: JournalEntry[] = [];
  readonly saga = newSaga(definition, { id: '1', traceparent: '', data: DATA });

  give(input: SagaInput): this {
    const before = { ...this.saga };
    const effects = advance(definition, this.saga, input);
    if (effects) this.journal.push(entryOf(input, effects, this.saga, before, { message: 'm' }));
    return this;
  }
  start = () => this.give({ kind: 'start' });
  ok = (data: unknown = {}) => this.answer({ ok: true, data });
  no = () => this.answer({ ok: false, failure: FAILURE });
  private answer(outcome: Extract<SagaInput, { kind: 'reply' }>['outcome']): this {
    const command = commandOf(definition, this.saga)!.type;
    return this.give({ kind: 'reply', ask: this.saga.ask!, command, outcome });
  }
  due(): this {
    this.saga.dueInMs = 0;
    return this.give({ kind: 'due' });
  }
  replayed = () => replay(catalogue, this.saga, JSON.parse(JSON.stringify(this.journal)) as JournalEntry[]);
}

const same = (saga: SagaInstance) => ({ ...saga, dueInMs: null });

describe('a journal', () => {
  it.each<[string, (recorded: Recorded) => Recorded]>([
    ['completed', (r) => r.start().ok().ok().ok()],
    ['refused and rolled back', (r) => r.start().ok().no().ok().ok()],
    ['timed out and rolled back', (r) => r.start().due().ok()],
    ['cancelled', (r) => r.start().ok().give({ kind: 'cancel', failure: FAILURE }).ok().ok()],
    ['failing and retried', (r) => r.start().ok().ok().no().give({ kind: 'retry' }).due().due().ok()],
    ['failing in an undo', (r) => r.start().no().no().due().ok()],
    [
      'stuck and given up',
      (r) => {
        r.start().ok().ok();
        for (let i = 0; i < 6; i++) r.no().due();
        return r.give({ kind: 'give-up', failure: FAILURE });
      },
    ],
    ['completed and restarted', (r) => r.start().ok().ok().ok().give({ kind: 'restart' }).ok()],
    ['told more data by an answer', (r) => r.start().ok({ amountMinor: 900 }).ok({ amountMinor: 800 }).ok()],
  ])('of a saga that was %s replays to the same state', (_, play) => {
    const recorded = play(new Recorded());
    const replayed = recorded.replayed();
    expect(replayed.map(({ differs }) => differs)).toEqual(recorded.journal.map(() => null));
    expect(same(replayed.at(-1)!.saga)).toEqual(same(recorded.saga));
  });

  it('remembers the question of an answer only when it is not the open one', () => {
    const recorded = new Recorded().start().ok().ok().no().due();
    const late = { kind: 'reply', ask: 'capture:do:0', command: CapturePayment.type } as const;
    recorded.give({ ...late, outcome: { ok: true, data: {} } });
    expect(recorded.journal.map(({ ask }) => ask)).toEqual([...Array(5).fill(undefined), 'capture:do:0']);
    expect(recorded.replayed().at(-1)).toMatchObject({
      answers: { ask: 'capture:do:0', command: CapturePayment.type },
      saga: { state: 'completed' },
      differs: null,
    });
  });

  it('tells what each input asked, and where the saga stood after it', () => {
    const replayed = new Recorded().start().ok().no().replayed();
    expect(replayed.map(({ entry, saga, asked }) => [entry.input, saga.step, asked])).toEqual([
      ['start', 'reserve', [{ command: ReserveStock.type, ask: 'reserve:do:0' }]],
      ['reply', 'authorize', [{ command: AuthorizePayment.type, ask: 'authorize:do:0' }]],
      ['reply', 'authorize', [{ command: VoidPayment.type, ask: 'authorize:undo:0' }]],
    ]);
  });

  it('does not replay where the present code does something else, and says where', () => {
    const recorded = new Recorded().start().ok().ok();
    const other = new SagaCatalogue([
      Object.assign(
        saga<Trip>('trip')
          .step('reserve', ask(ReserveStock))
          .step(
            'confirm',
            local(async () => {}),
          )
          .step('capture', ask(CapturePayment).retryUntilDone()),
        { fingerprint: definition.fingerprint },
      ),
    ]);
    const replayed = replay(other, recorded.saga, recorded.journal);
    expect(replayed.at(-1)!.differs).toBe('recorded "reserve done", replayed "reserve done, confirm done"');
  });

  it('that ends under a definition that is not known is replayed up to there', () => {
    const recorded = new Recorded().start().ok();
    const unknown = replay(new SagaCatalogue([], []), recorded.saga, recorded.journal);
    expect(unknown.map(({ differs }) => differs)).toEqual([
      `the definition ${definition.fingerprint} is not known here`,
    ]);
  });

  it('goes on from where it found a saga that an earlier release had brought there', () => {
    const recorded = new Recorded().start().ok();
    recorded.journal.length = 0;
    recorded.journal.push(foundEntry(recorded.saga));
    recorded.ok().ok();
    const replayed = recorded.replayed();
    expect(replayed.map(({ entry, differs }) => [entry.input, differs])).toEqual([
      ['found', null],
      ['reply', null],
      ['reply', null],
    ]);
    expect(same(replayed.at(-1)!.saga)).toEqual(same(recorded.saga));
  });

  it.each([
    [true, 'an earlier release brought it to its end, and kept no journal'],
    [false, expect.stringMatching(/^replayed .* stored /)],
  ])(
    'does not end where the saga stands; an earlier release has ended it: %s',
    (endedUnrecorded, differs) => {
      const recorded = new Recorded().start();
      const ended = {
        ...recorded.saga,
        state: 'completed' as const,
        step: 2,
        stepName: 'capture',
        ask: null,
      };
      const told = journalOf(catalogue, { ...ended, endedUnrecorded, journal: recorded.journal });
      expect(told.differs).toEqual(differs);
    },
  );
});
