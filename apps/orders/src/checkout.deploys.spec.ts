import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { command } from '@caravan/contracts';
import { ask, type ReleasedDefinition, SagaDefinition } from '@caravan/saga';
import { explore, participant, Violation, type World } from '@caravan/saga/testing';
import { called, never, ordersWorld, participants, settled } from '../test/orders.world.ts';
import { cancellation, type Checkout, checkout } from './checkout.saga.ts';

type Definition = SagaDefinition<Checkout>;
type Step = Definition['steps'][number];

/** The worked example of docs/sagas.md: a step between the reservation and the authorization. */
const CheckFraud = command('fraud.check-order', z.object({ orderId: z.string() }), z.object({}));
const suspected = { code: 'fraud.suspected', message: '' };
const fraud = participant<'unseen' | 'clean' | 'suspect', 'check'>('fraud', 'unseen', {
  check: (state) => {
    if (state !== 'unseen') return [{ state, answer: state === 'clean' ? 'ok' : suspected }];
    return [
      { state: 'clean', answer: 'ok' },
      { state: 'suspect', answer: suspected },
    ];
  },
});

const { own, outcomes, people } = ordersWorld();
const today = checkout(outcomes);
const released: ReleasedDefinition = {
  name: 'checkout.today',
  fingerprint: today.fingerprint,
  ...today.data,
};
const [reserve, authorize, confirm, capture] = today.steps as [Step, Step, Step, Step];
const checkFraud = new SagaDefinition<Checkout>('checkout').step('check fraud', ask(CheckFraud).within('5s'))
  .steps[0]!;
const tomorrow = (...steps: Step[]): Definition =>
  new SagaDefinition<Checkout>(today.type, steps, today.hooks);

const exploreBeside = (definition: Definition, more: typeof never = {}) =>
  explore([definition, cancellation(outcomes)], {
    participants: { ...participants, [CheckFraud.type]: fraud.check },
    ...{ own, people, eventually: settled, called, reasks: 1, deploys: [released] },
    never: { ...never, ...more },
  });

const CHANGES: Record<string, Definition> = {
  'a step is inserted': tomorrow(reserve, checkFraud, authorize, confirm, capture),
  'two steps are swapped': tomorrow(authorize, reserve, confirm, capture),
  'a step is renamed': tomorrow({ ...reserve, name: 'hold stock' }, authorize, confirm, capture),
  'a step is inserted, and what has not got there is moved': tomorrow(
    reserve,
    checkFraud,
    authorize,
    confirm,
    capture,
  ).from(released, ({ step, state }) =>
    step === reserve.name && state === 'running' ? { step } : undefined,
  ),
};

describe('a release of the checkout beside the one before', () => {
  it.each(Object.entries(CHANGES))('keeps the promises when %s', async (_name, definition) => {
    expect(await exploreBeside(definition)).toMatchObject({ complete: true });
  });

  it('checks every order for fraud that it begins', async () => {
    const [, inserted] = Object.entries(CHANGES)[0]!;
    const unchecked = ({ sagas, ran, participants }: World) =>
      sagas['checkout']!.definition === inserted.fingerprint &&
      ran.includes('checkout: confirm') &&
      participants['fraud'] !== 'clean';
    await exploreBeside(inserted, { 'an order is confirmed unchecked': unchecked });
  });

  it.each<[string, Definition, RegExp]>([
    [
      'skips a step',
      tomorrow(authorize, reserve, confirm, capture).from(released, ({ step }) => ({ step })),
      /confirmed without/,
    ],
    [
      'goes to a step that asks something else',
      CHANGES['a step is inserted']!.from(released, ({ step }) => ({
        step: step === reserve.name ? authorize.name : step,
      })),
      /asks/,
    ],
  ])('finds a rule of moving that %s', async (_name, definition, rule) => {
    const found = await exploreBeside(definition).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(Violation);
    expect((found as Violation).rule).toMatch(rule);
    expect((found as Violation).events.length).toBeLessThanOrEqual(5);
  });
});
