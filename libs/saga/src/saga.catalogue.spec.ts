import { describe, expect, it } from '@jest/globals';
import {
  AuthorizePayment,
  CapturePayment,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import type { ReleasedDefinition } from './definition.data.ts';
import { nextRelease, SagaCatalogue } from './saga.catalogue.ts';
import { ask, local, saga, type SagaDefinition } from './saga.definition.ts';
import { advance, newSaga, type SagaInput, type SagaInstance } from './saga.machine.ts';

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

const reserve = ask(ReserveStock).undo(ReleaseStock);
const authorize = ask(AuthorizePayment).undo(VoidPayment);
const capture = ask(CapturePayment).retryUntilDone();
const confirm = async () => {};

const first = saga<Trip>('trip')
  .step('reserve', reserve)
  .step('authorize', authorize)
  .step('confirm', local(confirm))
  .step('capture', capture);
const swapped = saga<Trip>('trip')
  .step('authorize', authorize)
  .step('reserve', reserve)
  .step('confirm', local(confirm))
  .step('capture', capture);

const v1: ReleasedDefinition = { ...nextRelease([], first.data, first.fingerprint), storedByPosition: true };

const begun = (definition: SagaDefinition<Trip>): SagaInstance<Trip> => {
  const instance = newSaga(definition, { id: '1', traceparent: '', data: DATA });
  advance(definition, instance, { kind: 'start' });
  return instance;
};

const ok = (ask: string, command: string): SagaInput => ({
  kind: 'reply',
  ask,
  command,
  outcome: { ok: true, data: {} },
});

describe('a catalogue of definitions', () => {
  it('continues a saga under the definition that it began with, when the present one has other steps', () => {
    const catalogue = new SagaCatalogue([swapped], [v1]);
    const instance = begun(first);
    expect(instance.ask).toBe('reserve:do:0');
    const definition = catalogue.find(instance.definition)!;
    advance(definition, instance, ok('reserve:do:0', ReserveStock.type));
    expect(instance.ask).toBe('authorize:do:0');
    const effects = advance(definition, instance, ok('authorize:do:0', AuthorizePayment.type))!;
    expect(effects.locals.map(({ effect }) => effect)).toEqual([confirm]);
    expect(instance.ask).toBe('capture:do:0');
    expect(catalogue.presentOf('trip')).toBe(swapped);
  });

  it('keeps the deadlines and undos of the released definition', () => {
    const slow = saga<Trip>('trip').step('reserve', reserve.within('77s')).step('done', local(confirm));
    const released = nextRelease([], slow.data, slow.fingerprint);
    const catalogue = new SagaCatalogue([first.formerly('done', local(confirm))], [released]);
    const revived = catalogue.find(slow.fingerprint)!;
    expect(revived.data).toEqual(slow.data);
    expect(revived.fingerprint).toBe(slow.fingerprint);
  });

  it('names definitions in the order of their release, for each type', () => {
    const v2 = nextRelease([v1], swapped.data, swapped.fingerprint);
    expect([v1.name, v2.name]).toEqual(['trip.v1', 'trip.v2']);
    const catalogue = new SagaCatalogue([swapped], [v1, v2]);
    expect([catalogue.nameOf(first.fingerprint), catalogue.nameOf('123')]).toEqual(['trip.v1', '123']);
  });

  it('refuses a local step that is no longer there, and says what to write', () => {
    const renamed = saga<Trip>('trip')
      .step('reserve', reserve)
      .step('accept', local(confirm))
      .step('capture', capture);
    expect(() => new SagaCatalogue([renamed], [v1])).toThrow(".formerly('confirm', local(…))");
    expect(() => new SagaCatalogue([renamed.formerly('confirm', local(confirm))], [v1])).not.toThrow();
  });

  it('refuses a released type or command that is gone, and says by which definition', () => {
    expect(() => new SagaCatalogue([], [v1])).toThrow('trip.v1');
    const steps = [{ name: 'a', kind: 'ask', command: 'x.gone', untilDone: false, withinMs: 1 }] as const;
    const gone: ReleasedDefinition = { ...v1, name: 'trip.v9', fingerprint: 'f'.repeat(12), steps };
    expect(() => new SagaCatalogue([first], [gone])).toThrow(/trip\.v9.*x\.gone/s);
  });

  it('does not run a definition that was removed', () => {
    const catalogue = new SagaCatalogue([swapped], [{ ...v1, removed: true }]);
    expect(catalogue.find(first.fingerprint)).toBeUndefined();
    expect(catalogue.nameOf(first.fingerprint)).toBe('trip.v1');
  });
});

describe('what releases before this form have stored', () => {
  const catalogue = new SagaCatalogue([swapped], [v1]);

  it('is read by the position in the definition that they knew', () => {
    expect(catalogue.ofPositions('trip')).toBe(first.fingerprint);
    expect(catalogue.stepNamed('trip', first.fingerprint, 1, null)).toBe('authorize');
    expect(catalogue.askNamed(first.fingerprint, '0:do:3')).toBe('reserve:do:3');
    expect(catalogue.askNamed(first.fingerprint, '1:undo:0')).toBe('authorize:undo:0');
    // Completed sagas stood behind the last step.
    expect(catalogue.stepNamed('trip', first.fingerprint, 4, null)).toBe('capture');
  });

  it('is read by position although a name stands beside it that an older build has left behind', () => {
    expect(catalogue.stepNamed('trip', first.fingerprint, 1, 'reserve')).toBe('authorize');
  });

  it('has no meaning for other definitions, whose rows are read by name', () => {
    expect(catalogue.stepNamed('trip', swapped.fingerprint, -1, 'reserve')).toBe('reserve');
    expect(catalogue.askNamed(swapped.fingerprint, 'reserve:do:0')).toBe('reserve:do:0');
  });
});

describe('a rule of moving', () => {
  const rescored = saga<Trip>('trip')
    .step('reserve', reserve)
    .step('authorize card', authorize)
    .step('confirm', local(confirm))
    .step('capture', capture);
  const rule = ({ step }: { step: string }) => ({ step: step === 'authorize' ? 'authorize card' : step });

  it('takes a saga to the step that asks the same, and its open question stays open', () => {
    const catalogue = new SagaCatalogue([rescored.from(v1, rule)], [v1]);
    const instance = begun(first);
    advance(first, instance, ok('reserve:do:0', ReserveStock.type));
    expect(catalogue.move(instance)).toBe(true);
    expect(instance).toMatchObject({
      definition: rescored.fingerprint,
      step: 'authorize card',
      ask: 'authorize:do:0',
    });
    advance(rescored, instance, ok('authorize:do:0', AuthorizePayment.type));
    expect(instance.ask).toBe('capture:do:0');
    expect(catalogue.move(instance)).toBe(false);
  });

  it('takes a saga that is undoing to the undo of the same command', () => {
    const catalogue = new SagaCatalogue([rescored.from(v1, rule)], [v1]);
    const instance = begun(first);
    advance(first, instance, ok('reserve:do:0', ReserveStock.type));
    advance(first, instance, { kind: 'cancel', failure: FAILURE });
    expect(instance.ask).toBe('authorize:undo:0');
    expect(catalogue.move(instance)).toBe(true);
    advance(rescored, instance, ok('authorize:undo:0', VoidPayment.type));
    expect(instance.ask).toBe('reserve:undo:0');
  });

  it('adds data that new steps need', () => {
    const move = ({ step }: { step: string }) => ({ step, data: { currency: 'USD' } });
    const catalogue = new SagaCatalogue([rescored.from(v1, move)], [v1]);
    const instance = begun(first);
    catalogue.move(instance);
    expect(instance.data).toEqual({ ...DATA, currency: 'USD' });
  });

  it('leaves a saga where it is when it names no step, and one that has ended', () => {
    const catalogue = new SagaCatalogue([rescored.from(v1, () => undefined)], [v1]);
    const instance = begun(first);
    expect(catalogue.move(instance)).toBe(false);
    const ended = { ...instance, state: 'completed' as const };
    expect(new SagaCatalogue([rescored.from(v1, rule)], [v1]).move(ended)).toBe(false);
  });

  it('is refused when it names a step that asks something else', () => {
    const wrong = new SagaCatalogue([rescored.from(v1, () => ({ step: 'capture' }))], [v1]);
    const instance = begun(first);
    expect(() => wrong.move(instance)).toThrow('which asks payments.capture-payment');
    expect(instance).toMatchObject({ step: 'reserve', definition: first.fingerprint });
    const nowhere = new SagaCatalogue([rescored.from(v1, () => ({ step: 'nowhere' }))], [v1]);
    expect(() => nowhere.move(instance)).toThrow('which asks nothing');
  });
});
