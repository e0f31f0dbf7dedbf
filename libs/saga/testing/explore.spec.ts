import { describe, expect, it } from '@jest/globals';
import {
  AuthorizePayment,
  CapturePayment,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { ask, local, saga } from '../src/saga.definition.ts';
import { explore, participant, Violation, type World } from './index.ts';

interface Trip {
  readonly orderId: string;
  readonly lines: { sku: string; quantity: number }[];
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod: string;
}

const no = { code: 'no', message: 'No' };
const confirm = async () => {};
const trip = saga<Trip>('trip')
  .step('reserve', ask(ReserveStock).within('10s').undo(ReleaseStock))
  .step('authorize', ask(AuthorizePayment).within('30s').undo(VoidPayment))
  .step('confirm', local(confirm))
  .step('capture', ask(CapturePayment).retryUntilDone());
const place = participant<string, 'take' | 'give' | 'keep'>('stock', 'free', {
  take: (state) => [{ state: state === 'free' ? 'taken' : state, answer: state === 'given' ? no : 'ok' }],
  give: () => [{ state: 'given', answer: 'ok' }],
  keep: (state) => [{ state, answer: 'ok' }],
});
const money = participant<string, 'ok' | 'no'>('money', '', {
  ok: (state) => [{ state, answer: 'ok' }],
  no: (state) => [{ state, answer: no }],
});
const participants = {
  [ReserveStock.type]: place.take,
  [ReleaseStock.type]: place.give,
  [AuthorizePayment.type]: money.ok,
  [VoidPayment.type]: money.ok,
  [CapturePayment.type]: money.ok,
};
const found = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe('an exploration', () => {
  it('looks at everything, in the same order each time', async () => {
    const [one, other] = [await explore(trip, { participants }), await explore(trip, { participants })];
    expect(one).toMatchObject({ complete: true, states: other.states, transitions: other.transitions });
  });

  it('tells the shortest story of what must never be', async () => {
    const release = { ...participants, [ReleaseStock.type]: place.keep };
    const never = {
      'rolled back with stock taken': (w: World) =>
        w.sagas['trip']?.state === 'rolled_back' && w.participants['stock'] === 'taken',
    };
    const violation = (await found(
      explore(trip, { participants: release, people: ['cancel'], never }),
    )) as Violation;
    expect(violation).toBeInstanceOf(Violation);
    expect(violation.rule).toBe('rolled back with stock taken');
    expect(violation.events.map((event) => event.split('\n')[0])).toEqual([
      'trip begins',
      expect.stringContaining('inventory.reserve-stock arrives'),
      expect.stringMatching(/no answer to reserve:do:0|cancel/),
      expect.stringContaining('inventory.release-stock arrives'),
    ]);
    expect(violation.message).toContain('→ trip asks inventory.release-stock (reserve:undo:0)');
  });

  it('finds a late command that takes what was given back', async () => {
    const forgetful = {
      ...place.give,
      react: (state: string) => [{ state: state === 'taken' ? 'given' : state, answer: 'ok' as const }],
    };
    const never = {
      'taken behind the end': (w: World) =>
        w.sagas['trip']?.state === 'rolled_back' && w.participants['stock'] === 'taken',
    };
    const violation = await found(
      explore(trip, { participants: { ...participants, [ReleaseStock.type]: forgetful }, never }),
    );
    expect((violation as Violation).rule).toBe('taken behind the end');
    expect((violation as Violation).events.at(-1)).toContain('inventory.reserve-stock arrives');
  });

  it('finds a world with no good end, and one that has one only with people who were not called', async () => {
    const refused = { ...participants, [CapturePayment.type]: money.no };
    const stuck = (await found(explore(trip, { participants: refused }))) as Violation;
    expect(stuck.rule).toBe('no good end can be reached any more');
    expect(await explore(trip, { participants: refused, people: ['give up'] })).toMatchObject({
      complete: true,
    });
    const called = (): boolean => false;
    const unseen = (await found(
      explore(trip, { participants: refused, people: ['give up'], called }),
    )) as Violation;
    expect(unseen.rule).toContain('people are not called');
  });

  it('lets a second saga take over from one that is given up', async () => {
    const back = saga<Trip>('back').step('return', ask(ReleaseStock).retryUntilDone());
    const refused = { ...participants, [CapturePayment.type]: money.no };
    const eventually = (w: World) => w.participants['stock'] === 'given';
    expect(
      await explore([trip, back], { participants: refused, people: ['compensate'], eventually }),
    ).toMatchObject({
      complete: true,
    });
  });

  it('stops at its bound, and says so', async () => {
    expect(await explore(trip, { participants, bound: 20 })).toMatchObject({ complete: false });
  });

  it('needs a model of everyone who is asked', async () => {
    const some = { ...participants };
    delete some[VoidPayment.type];
    await expect(explore(trip, { participants: some })).rejects.toThrow('payments.void-payment');
  });
});
