import { describe, expect, it } from '@jest/globals';
import {
  AuthorizePayment,
  CapturePayment,
  RefundPayment,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { SagaDefinition } from '@caravan/saga';
import { explore, type Handler, type Reaction, Violation } from '@caravan/saga/testing';
import { payment, stock } from '@caravan/testing/models';
import { called, never, ordersWorld, participants, settled } from '../test/orders.world.ts';
import { cancellation, type Checkout, checkout } from './checkout.saga.ts';

type Definition = SagaDefinition<Checkout>;
type Step = Definition['steps'][number];
type Hooks = Definition['hooks'];

const changed = (
  { type, steps, hooks }: Definition,
  toSteps: (steps: readonly Step[]) => readonly Step[],
  toHooks: (hooks: Hooks) => Hooks = (same) => same,
): Definition => new SagaDefinition<Checkout>(type, toSteps(steps), toHooks(hooks));
const same = (steps: readonly Step[]) => steps;
const without = (name: string) => (steps: readonly Step[]) => steps.filter((step) => step.name !== name);
const inOrder =
  (...names: string[]) =>
  (steps: readonly Step[]) =>
    names.map((name) => steps.find((step) => step.name === name)!);
const withStep = (name: string, change: object) => (steps: readonly Step[]) =>
  steps.map((step) => (step.name === name ? ({ ...step, ...change } as Step) : step));

interface Mistake {
  readonly checkout?: (definition: Definition) => Definition;
  readonly cancellation?: (definition: Definition) => Definition;
  readonly participants?: Record<string, Handler>;
  readonly breaks: RegExp;
}

const model = <State>(
  handler: Handler<State>,
  react: (state: NoInfer<State>) => readonly Reaction<NoInfer<State>>[],
): Handler => ({ ...handler, react: react as Handler['react'] });

const MISTAKES: Record<string, Mistake> = {
  'a reservation is not undone': {
    checkout: (d) => changed(d, withStep('reserve stock', { undo: undefined })),
    breaks: /stock/,
  },
  'an authorization is not undone': {
    checkout: (d) => changed(d, withStep('authorize payment', { undo: undefined })),
    breaks: /money/,
  },
  'an authorization is undone by another command': {
    checkout: (d) => changed(d, withStep('authorize payment', { undo: ReleaseStock })),
    breaks: /money/,
  },
  'a reservation is undone by another command': {
    checkout: (d) => changed(d, withStep('reserve stock', { undo: VoidPayment })),
    breaks: /stock/,
  },
  'the order is confirmed before the payment is authorized': {
    checkout: (d) =>
      changed(d, (steps) =>
        withStep('authorize payment', { untilDone: true })(
          inOrder('reserve stock', 'confirm order', 'authorize payment', 'capture payment')(steps),
        ),
      ),
    breaks: /without money/,
  },
  'the money is taken before the order is confirmed': {
    checkout: (d) =>
      changed(d, inOrder('reserve stock', 'authorize payment', 'capture payment', 'confirm order')),
    breaks: /before the order is confirmed/,
  },
  'the point of no return is at the authorization': {
    checkout: (d) => changed(d, withStep('authorize payment', { untilDone: true })),
    breaks: /declined/,
  },
  'the capture can be refused': {
    checkout: (d) => changed(d, withStep('capture payment', { untilDone: false })),
    breaks: /.*/,
  },
  'nothing is reserved': { checkout: (d) => changed(d, without('reserve stock')), breaks: /without stock/ },
  'nothing is authorized': {
    checkout: (d) => changed(d, without('authorize payment')),
    breaks: /without money/,
  },
  'the order is never confirmed': {
    checkout: (d) => changed(d, without('confirm order')),
    breaks: /before the order is confirmed|no good end/,
  },
  'the money is never taken': {
    checkout: (d) => changed(d, without('capture payment')),
    breaks: /without the money/,
  },
  'a roll back is not told to the order': {
    checkout: (d) => changed(d, same, (hooks) => ({ ...hooks, rolledBack: undefined })),
    breaks: /its order is not over/,
  },
  'a roll back confirms the order': {
    checkout: (d) => changed(d, same, (hooks) => ({ ...hooks, rolledBack: ordersWorld().outcomes.confirm })),
    breaks: /.*/,
  },
  'people are not called when the checkout is stuck': {
    checkout: (d) => changed(d, same, (hooks) => ({ ...hooks, stuck: undefined })),
    breaks: /calls for no attention/,
  },
  'a cancellation that waits for the capture is forgotten': {
    checkout: (d) => changed(d, same, (hooks) => ({ ...hooks, completed: undefined })),
    breaks: /without a reason|no good end/,
  },
  'the money is not given back': {
    cancellation: (d) => changed(d, without('refund payment')),
    breaks: /money/,
  },
  'the stock is not given back': {
    cancellation: (d) => changed(d, without('return stock')),
    breaks: /stock/,
  },
  'the stock is given back first': {
    cancellation: (d) => changed(d, inOrder('return stock', 'refund payment', 'cancel order')),
    breaks: /stock before the money/,
  },
  'the order is cancelled first': {
    cancellation: (d) => changed(d, inOrder('cancel order', 'refund payment', 'return stock')),
    breaks: /is over/,
  },
  'a cancelled order stays confirmed': {
    cancellation: (d) => changed(d, without('cancel order')),
    breaks: /neither cancelled nor looked after/,
  },
  'taken money is voided, not refunded': {
    cancellation: (d) => changed(d, withStep('refund payment', { command: VoidPayment })),
    breaks: /let go behind|no good end/,
  },
  'people are not called when the cancellation is stuck': {
    cancellation: (d) => changed(d, same, () => ({})),
    breaks: /calls for no attention/,
  },
  'inventory: what was given back can be held later': {
    participants: {
      [ReleaseStock.type]: model(stock.release, (state) => {
        const after = stock.release.react(state)[0]!.state;
        return [{ state: { ...after, is: 'none' as const }, answer: 'ok' }];
      }),
    },
    breaks: /stock/,
  },
  'inventory: an order that holds nothing leaves no mark when it is released': {
    participants: {
      [ReleaseStock.type]: model(stock.release, (state) =>
        state.is === 'none' ? [{ state, answer: 'ok' }] : stock.release.react(state),
      ),
    },
    breaks: /stock/,
  },
  'inventory: a second release adds the stock again': {
    participants: {
      [ReleaseStock.type]: model(stock.release, (state) => [
        {
          state: { is: 'RELEASED' as const, returned: state.returned + (state.is === 'none' ? 0 : 1) },
          answer: 'ok',
        },
      ]),
    },
    breaks: /returned twice/,
  },
  'inventory: a refusal is answered ok when it is asked again': {
    participants: {
      [ReserveStock.type]: model(stock.reserve, (state) =>
        state.is === 'REFUSED' ? [{ state, answer: 'ok' }] : stock.reserve.react(state),
      ),
    },
    breaks: /without stock/,
  },
  'payments: a void before the authorization leaves no mark': {
    participants: {
      [VoidPayment.type]: model(payment.void, (state) =>
        state.is === 'none' ? [{ state, answer: 'ok' }] : payment.void.react(state),
      ),
    },
    breaks: /money/,
  },
  'payments: a refund leaves what is only set aside': {
    participants: {
      [RefundPayment.type]: model(payment.refund, (state) =>
        state.is === 'AUTHORIZED' ? [{ state, answer: 'ok' }] : payment.refund.react(state),
      ),
    },
    breaks: /money/,
  },
  'payments: a second capture takes the money again': {
    participants: {
      [CapturePayment.type]: model(payment.capture, (state) => [
        { state: { ...state, is: 'CAPTURED' as const, captures: state.captures + 1 }, answer: 'ok' },
      ]),
    },
    breaks: /taken twice/,
  },
  'payments: a decline is answered ok when it is asked again': {
    participants: {
      [AuthorizePayment.type]: model(payment.authorize, (state) =>
        state.is === 'DECLINED' ? [{ state, answer: 'ok' }] : payment.authorize.react(state),
      ),
    },
    breaks: /without money/,
  },
};

describe('the explorer of the checkout', () => {
  it.each(Object.entries(MISTAKES))('finds that %s', async (_name, mistake) => {
    const found = await exploreWith(mistake).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(Violation);
    const { rule, events } = found as Violation;
    expect(rule).toMatch(mistake.breaks);
    expect(events.length).toBeLessThanOrEqual(10);
  });
});

function exploreWith(mistake: Mistake) {
  const { own, outcomes, people } = ordersWorld();
  const { checkout: first = (d) => d, cancellation: second = (d) => d } = mistake;
  const sagas = [first(checkout(outcomes)), second(cancellation(outcomes))];
  const heard = { ...participants, ...mistake.participants };
  return explore(sagas, { participants: heard, own, people, never, eventually: settled, called });
}
