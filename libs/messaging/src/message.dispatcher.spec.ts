import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { Code, Failure, Login, Restock, unavailable } from '@caravan/contracts';
import { newTraceparent, noteChange } from '@caravan/platform';
import { MessageDispatcher } from './message.dispatcher.ts';
import { TransientError } from './message.errors.ts';

beforeAll(() => Logger.overrideLogger(false));

const asked = { id: 1, trace: newTraceparent(), ttl: 1_000 };
const restock = { ...asked, type: Restock.type, data: { sku: 'A', quantity: 1 } };
const login = { ...asked, type: Login.type, data: { email: 'a@example.com', password: 'secret' } };
const own = new Failure('inventory.too-much-stock', 'no');

/** One that handles requests by `work`, each alone or in batches. */
function dispatcher(type: string, work: (payload: never) => unknown, batched: boolean): MessageDispatcher {
  const handler = Object.assign((payload: never) => Promise.resolve(work(payload)), { extras: { batched } });
  return new MessageDispatcher(new Map([[type, handler as unknown as MessageHandler]]));
}

const throws = (error: unknown) => () => {
  throw error;
};

describe.each([
  ['alone', restock, false],
  ['in a batch', login, true],
] as const)('a request that is handled %s', (_, request, batched) => {
  it.each<[string, () => unknown]>([
    ['the database goes away', throws(new TransientError('gone'))],
    ['another service is not there', throws(unavailable('users'))],
    ['the program has a mistake', throws(new TypeError('undefined'))],
    ['what was answered is not the shape of the contract', () => (batched ? [{}] : {})],
    [
      'the answer comes late and is a failure',
      () => (batched ? [Promise.reject(unavailable('x'))] : throws(unavailable('x'))()),
    ],
    ['something refused the request', throws(new Failure(Code.invalid, 'no'))],
  ])('and has changed something never says that nothing has happened: %s', async (_, fails) => {
    const changing = dispatcher(
      request.type,
      () => {
        noteChange();
        return fails();
      },
      batched,
    );
    expect(await changing.request(request, performance.now() + 1_000)).toMatchObject({
      changed: true,
      failure: { code: Code.deadlineExceeded },
    });
  });

  it('and has changed nothing says so', async () => {
    const failing = dispatcher(request.type, throws(new TransientError('gone')), batched);
    const reply = await failing.request(request, performance.now() + 1_000);
    expect(reply).toEqual({ id: 1, failure: expect.objectContaining({ code: Code.unavailable }) });
  });

  it('and fails for a reason of its own tells it, also after a change', async () => {
    const refusing = dispatcher(
      request.type,
      () => {
        noteChange();
        if (batched) return [own];
        throw own;
      },
      batched,
    );
    const reply = await refusing.request(request, performance.now() + 1_000);
    expect(reply).toMatchObject({ changed: true, failure: { code: own.code } });
  });
});

it('what one request has changed is said of no other', async () => {
  const work = ({ sku }: { sku: string }) => {
    if (sku === 'A') noteChange();
    throw new TransientError('gone');
  };
  const two = dispatcher(Restock.type, work, false);
  const [a, b] = await Promise.all(
    ['A', 'B'].map((sku) =>
      two.request({ ...restock, data: { sku, quantity: 1 } }, performance.now() + 1_000),
    ),
  );
  expect([a?.failure?.code, b?.failure?.code]).toEqual([Code.deadlineExceeded, Code.unavailable]);
});
