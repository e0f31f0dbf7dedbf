import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { register } from 'prom-client';
import { AuthorizePayment, CapturePayment, ReserveStock, VoidPayment } from '@caravan/contracts';
import type { WireMessage } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { type RunningService, runService } from '@caravan/platform';
import { type ReleasedDefinition, SagaBook, type SagaDefinition, SagaRunner } from '@caravan/saga';
import { eventually, Neighbour, startTestService, type TestService } from '@caravan/testing';
import { begin, newer, older, release, type Trip, tripsEnv, v1, v2 } from './trips.ts';

const FAILURE = { code: 'tests.unwanted', message: 'Not wanted any more' };

let test: TestService;
let neighbours: Neighbour[];
let servers: Record<string, string>;
const running = new Set<RunningService>();

beforeAll(async () => {
  test = await startTestService(release(older, [v1]), tripsEnv, async (given) => (servers = given));
  await test.halt();
  neighbours = [
    await Neighbour.start('inventory', test.brokerUrl),
    await Neighbour.start('payments', test.brokerUrl),
  ];
});
afterEach(async () => {
  for (const service of running) await service.stop();
  running.clear();
  jest.restoreAllMocks();
  for (const neighbour of neighbours) neighbour.behave = () => 'done';
});
afterAll(async () => {
  for (const neighbour of neighbours ?? []) await neighbour.stop();
  await test?.stop();
});

/** One build of the service, beside those that run already. */
async function run(definition: SagaDefinition<Trip>, released: readonly ReleasedDefinition[]) {
  const source = { NODE_ENV: 'test', LOG_LEVEL: 'fatal', MANAGEMENT_PORT: '0', ...servers };
  const service = await runService(release(definition, released), tripsEnv, { source });
  running.add(service);
  return service;
}

async function stop(service: RunningService): Promise<void> {
  running.delete(service);
  await service.stop();
}

const silence = () => neighbours.forEach((neighbour) => (neighbour.behave = () => 'silent'));

/** The command that a saga has asked and that was not answered. */
const heard = (id: string, type: string): Promise<[Neighbour, WireMessage]> =>
  eventually(() => {
    for (const neighbour of neighbours) {
      const message = neighbour.heard.find((other) => other.type === type && other.sagaId === `trip:${id}`);
      if (message) return [neighbour, message] as [Neighbour, WireMessage];
    }
    throw new Error(`${type} was not asked yet`);
  });

async function rowOf(id: string) {
  const { rows } = await test.database.query<Record<string, unknown>>('SELECT * FROM saga WHERE id = $1', [
    id,
  ]);
  return rows[0]!;
}

const ends = (id: string, state = 'completed') =>
  eventually(async () => expect(await rowOf(id)).toMatchObject({ state }));

const heldReplies = async () => (await test.database.query('SELECT 1 FROM saga_held_reply')).rowCount;

const askedFor = (id: string) =>
  neighbours.flatMap((neighbour) => neighbour.heard).filter(({ sagaId }) => sagaId === `trip:${id}`);

describe('a saga in flight while steps are swapped', () => {
  it('ends under the definition that it began with, in either release', async () => {
    silence();
    const before = await run(older, [v1]);
    const id = await begin(before);
    const [inventory, question] = await heard(id, ReserveStock.type);
    await stop(before);
    const after = await run(newer, [v1, v2]);
    const second = await begin(after);
    neighbours.forEach((neighbour) => (neighbour.behave = () => 'done'));
    await inventory.reply(question, 'done');
    await ends(id);
    expect(
      askedFor(id)
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual([AuthorizePayment.type, CapturePayment.type, ReserveStock.type].toSorted());
    expect(await rowOf(id)).toMatchObject({ definition: older.fingerprint, step_name: 'capture' });
    const [authorization, message] = await heard(second, AuthorizePayment.type);
    await authorization.reply(message, 'done');
    await ends(second);
    expect(await rowOf(second)).toMatchObject({ definition: newer.fingerprint, step: -1 });
  });

  it('waits in a release that does not know its definition, and nothing is guessed', async () => {
    silence();
    const after = await run(newer, [v1, v2]);
    const id = await begin(after);
    const [payments, question] = await heard(id, AuthorizePayment.type);
    await stop(after);
    const before = await run(older, [v1]);
    await payments.reply(question, 'done');
    await eventually(async () => expect(await heldReplies()).toBe(1));
    const found = await rowOf(id);
    await test.database.query('UPDATE saga SET due_at = now(), look_at = now() WHERE id = $1', [id]);
    // Another saga's deadline passes in the same look: the look has been.
    const other = await begin(before);
    await test.database.query('UPDATE saga SET due_at = now(), look_at = now() WHERE id = $1', [other]);
    await eventually(async () => expect(await rowOf(other)).toMatchObject({ state: 'undoing' }));
    const { xmin: _, due_at: __, look_at: ___, ...unchanged } = found;
    expect(await rowOf(id)).toMatchObject(unchanged);

    const runner = before.app.get(SagaRunner, { strict: false });
    const work = before.app.get(UnitOfWork, { strict: false });
    for (const request of [
      () => work.run((tx) => runner.cancel(tx, 'trip', id, FAILURE)),
      () => work.run((tx) => runner.retry(tx, 'trip', id)),
      () => work.run((tx) => runner.giveUp(tx, 'trip', id, FAILURE)),
    ])
      await expect(request()).rejects.toMatchObject({ code: 'caravan.unavailable' });
    const [entry] = await before.app.get(SagaBook, { strict: false }).of(id);
    expect(entry).toMatchObject({ definition: newer.fingerprint, known: false, step: 'authorize' });
    const unknown = await before.app
      .get(SagaBook, { strict: false })
      .open({ stuck: false, limit: 9, definition: 'unknown' });
    expect(unknown.map((saga) => saga.id)).toEqual([id]);
    expect(await metric('sagas_unknown_definition')).toContain(
      `definition="${newer.fingerprint}",service="orders"} 1`,
    );

    // The release that knows it comes back beside the other one: the held answer counts before the deadline.
    neighbours.forEach((neighbour) => (neighbour.behave = () => 'done'));
    await run(newer, [v1, v2]);
    await ends(id);
    await test.database.query('UPDATE saga SET due_at = now(), look_at = now() WHERE id = $1', [other]);
    await ends(other, 'rolled_back');
    expect(await heldReplies()).toBe(0);
    expect(askedFor(id).map(({ type }) => type)).not.toContain(VoidPayment.type);
  });

  it('raises an alarm when it should have gone on a minute ago', async () => {
    silence();
    const after = await run(newer, [v1, v2]);
    const id = await begin(after);
    await heard(id, AuthorizePayment.type);
    await stop(after);
    const said = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const past = `now() - interval '61 seconds'`;
    await test.database.query(`UPDATE saga SET due_at = ${past}, look_at = ${past} WHERE id = $1`, [id]);
    await run(older, [v1]);
    await eventually(() =>
      expect(said.mock.calls.map(([text]) => String(text)).join()).toContain(
        '1 saga(s) have waited for more than a minute under a definition that this release does not know',
      ),
    );
    neighbours.forEach((neighbour) => (neighbour.behave = () => 'done'));
    await run(newer, [v1, v2]);
    await ends(id, 'rolled_back');
  });
});

describe('a saga moved by a rule', () => {
  it('goes on in the new definition, with the question that was open', async () => {
    silence();
    const before = await run(older, [v1]);
    const id = await begin(before);
    const [inventory, question] = await heard(id, ReserveStock.type);
    await stop(before);
    const renamed = newer.from(v1, ({ step }) => (step === 'reserve' ? { step } : undefined));
    await run(renamed, [v1, v2]);
    neighbours.forEach((neighbour) => (neighbour.behave = () => 'done'));
    await inventory.reply(question, 'done');
    await ends(id);
    // In the new order "reserve" comes last before the capture: the rule of this test has skipped the authorization.
    expect(askedFor(id).map(({ type }) => type)).toEqual([ReserveStock.type, CapturePayment.type]);
    const [service] = running;
    const journals = await service!.app.get(SagaBook, { strict: false }).journals(id);
    expect(journals.map(({ definition, differs }) => [definition, differs])).toEqual([['trip.v2', null]]);
  });
});

describe('a released definition that was taken out', () => {
  it('keeps the service from starting while open sagas run under it, and not afterwards', async () => {
    silence();
    const before = await run(older, [v1]);
    const id = await begin(before);
    const [inventory, question] = await heard(id, ReserveStock.type);
    expect(await metric('sagas_by_definition')).toContain(
      'type="trip",definition="trip.v1",service="orders"} 1',
    );
    const removed: ReleasedDefinition = { ...v1, removed: true };
    await expect(run(newer, [removed, v2])).rejects.toThrow(
      /1 open saga\(s\) run under trip\.v1, which this release has taken out/,
    );
    neighbours.forEach((neighbour) => (neighbour.behave = () => 'done'));
    await inventory.reply(question, 'done');
    await ends(id);
    await run(newer, [removed, v2]);
  });
});

describe('a saga that a release before this form has stored', () => {
  /** As that release wrote it, and as it changed it: with positions, and nothing else. */
  async function insertAt(step: number, ask: string | null, state = 'running'): Promise<string> {
    const id = uuid();
    const data = {
      orderId: id,
      lines: [{ sku: 'A', quantity: 1 }],
      amountMinor: 1,
      currency: 'EUR',
      paymentMethod: 'pm',
    };
    await test.database.query(
      `INSERT INTO saga (type, id, traceparent, data, state, step, ask, attempt, failure, stuck, due_at)
       VALUES ('trip', $1, '00-${'a'.repeat(32)}-${'b'.repeat(16)}-01', $2, $5, $3, $4, 0, NULL, false, now() + interval '30 seconds')`,
      [id, data, step, ask, state],
    );
    return id;
  }
  const answer = (id: string, ask: string, command: string, from: Neighbour) =>
    from.reply(
      { id: uuid(), type: command, data: {}, replyTo: 'orders', sagaId: `trip:${id}`, ask } as WireMessage,
      'done',
    );

  it('goes on from its position, and takes the answer to the question that the position named', async () => {
    const service = await run(newer, [v1, v2]);
    const id = await insertAt(1, '1:do:0');
    await answer(id, '1:do:0', AuthorizePayment.type, neighbours[1]!);
    await ends(id);
    expect(askedFor(id).map(({ type }) => type)).toEqual([CapturePayment.type]);
    // For a release before this form: behind its last step.
    expect(await rowOf(id)).toMatchObject({ step: 3, step_name: 'capture', definition: older.fingerprint });
    const [journal] = await service.app.get(SagaBook, { strict: false }).journals(id);
    expect(journal!.replayed.map(({ entry }) => entry.input)).toEqual(['found', 'reply', 'reply']);
    expect(journal!.differs).toBeNull();
  });

  it('does not take an answer to another command', async () => {
    await run(newer, [v1, v2]);
    const id = await insertAt(0, '0:do:0');
    await answer(id, '0:do:0', AuthorizePayment.type, neighbours[1]!);
    await answer(id, '0:do:0', ReserveStock.type, neighbours[0]!);
    await ends(id);
    expect(askedFor(id).map(({ type }) => type)).toEqual([AuthorizePayment.type, CapturePayment.type]);
  });

  it('is undone from its position', async () => {
    await run(newer, [v1, v2]);
    const id = await insertAt(1, '1:undo:0', 'undoing');
    await answer(id, '1:undo:0', VoidPayment.type, neighbours[1]!);
    await ends(id, 'rolled_back');
  });

  it('is written so that such a release can continue it', async () => {
    silence();
    const service = await run(older, [v1]);
    const id = await begin(service);
    await heard(id, ReserveStock.type);
    expect(await rowOf(id)).toMatchObject({ step: 0, ask: 'reserve:do:0', state: 'running' });
    // That release goes on: one step further, named by its position.
    await test.database.query(
      `UPDATE saga SET step = 1, ask = '1:do:0', updated_at = now(), due_at = now() + interval '30 seconds' WHERE id = $1`,
      [id],
    );
    neighbours.forEach((neighbour) => (neighbour.behave = () => 'done'));
    await answer(id, '1:do:0', AuthorizePayment.type, neighbours[1]!);
    await ends(id);
    const [journal] = await service.app.get(SagaBook, { strict: false }).journals(id);
    expect(journal!.replayed.map(({ entry }) => entry.input)).toEqual(['start', 'found', 'reply', 'reply']);
    expect(journal!.differs).toBeNull();
  });
});

describe('a saga row', () => {
  it('that has changed since it was looked at is not put off', async () => {
    silence();
    const service = await run(older, [v1]);
    const id = await begin(service);
    const runner = service.app.get(SagaRunner, { strict: false });
    await test.database.query('UPDATE saga SET due_at = now(), look_at = now() WHERE id = $1', [id]);
    const stale = { ...(await rowOf(id)), version: '1' } as never;
    const [{ due_at: due }] = (await test.database.query(`SELECT due_at FROM saga WHERE id = $1`, [id]))
      .rows as [{ due_at: Date }];
    await runner.putOff(stale, new Error('refused'));
    const { due_at: later, state } = await rowOf(id);
    // The deadline may have passed meanwhile; it was not set to half a minute from now.
    expect(state === 'undoing' || Number(later) === Number(due)).toBe(true);
  });

  it('keeps its journal short, and what was spilled still belongs to it', async () => {
    const unhappy = { code: 'payments.unavailable', message: 'Later' };
    neighbours[1]!.behave = ({ type }) => (type === CapturePayment.type ? unhappy : 'done');
    const service = await run(older, [v1]);
    const id = await begin(service);
    const runner = service.app.get(SagaRunner, { strict: false });
    const work = service.app.get(UnitOfWork, { strict: false });
    const attempts = async () => Number((await rowOf(id))['attempt']);
    for (let n = 1; n <= 40; n++) {
      await eventually(async () => expect([await attempts(), (await rowOf(id))['ask']]).toEqual([n, null]));
      await work.run((tx) => runner.retry(tx, 'trip', id));
    }
    await eventually(async () => expect([await attempts(), (await rowOf(id))['ask']]).toEqual([41, null]));
    neighbours[1]!.behave = () => 'done';
    await work.run((tx) => runner.retry(tx, 'trip', id));
    await ends(id);
    const book = service.app.get(SagaBook, { strict: false });
    const [journal] = await book.journals(id);
    expect(journal!.differs).toBeNull();
    expect(journal!.replayed.length).toBeGreaterThan(80);
    expect(((await rowOf(id))['journal'] as unknown[]).length).toBeLessThanOrEqual(51);
    const lines = await book.transitions(id);
    expect(lines.filter(({ outcome }) => outcome === 'retried')).toHaveLength(41);
    expect(lines.slice(0, 3).map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'trip started',
      'reserve done',
      'authorize done',
    ]);
    expect(lines.at(-1)).toMatchObject({ step: 'capture', outcome: 'done' });
  });

  it('is updated without touching an index while the saga runs', async () => {
    const service = await run(older, [v1]);
    const updates = async () => {
      await test.database.query('SELECT pg_stat_force_next_flush()');
      const { rows } = await test.database.query<{ hot: string; all: string }>(
        `SELECT n_tup_hot_upd AS hot, n_tup_upd AS all FROM pg_stat_user_tables WHERE relname = 'saga'`,
      );
      return rows[0]!;
    };
    await test.database.query('VACUUM (FULL, ANALYZE) saga');
    const before = await updates();
    await ends(await begin(service));
    await stop(service);
    // Two answers lead to the next question; the third ends the saga, which leaves the index of those to look at.
    await eventually(async () => {
      const { all, hot } = await updates();
      expect([Number(all) - Number(before.all), Number(hot) - Number(before.hot)]).toEqual([3, 2]);
    });
  });
});

async function metric(name: string): Promise<string> {
  return register.getSingleMetricAsString(name);
}
