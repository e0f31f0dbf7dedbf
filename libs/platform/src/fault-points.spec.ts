import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { faultPoint } from './fault-points.ts';
import { serviceEnv } from './service.env.ts';
import { type RunningService, runService, TRANSPORT } from './start.service.ts';

@Module({ providers: [{ provide: TRANSPORT, useValue: null }] })
class Nothing {}

const start = (FAULT_POINTS?: string): Promise<RunningService> =>
  runService(Nothing, serviceEnv('nothing', {}), {
    source: { NODE_ENV: 'test', LOG_LEVEL: 'silent', FAULT_POINTS },
  });

const NAME = 'consumer.before-ack';

it('without FAULT_POINTS there are no routes, and a point does nothing', async () => {
  const service = await start();
  expect((await fetch(`${service.managementUrl}/fault-points`)).status).toBe(404);
  expect(faultPoint(NAME)).toBeUndefined();
  await service.stop();
});

describe('a fault point that is on', () => {
  let service: RunningService;
  beforeAll(async () => void (service = await start('on')));
  afterAll(() => service.stop());
  afterEach(() => fetch(`${service.managementUrl}/fault-points`, { method: 'DELETE' }));

  const put = (name: string, fault: object) =>
    fetch(`${service.managementUrl}/fault-points/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
  const state = async () => {
    const states = (await (await fetch(`${service.managementUrl}/fault-points`)).json()) as object[];
    return states.find((state) => (state as { name: string }).name === NAME);
  };

  it('tells how often it was reached and how it is armed', async () => {
    const { reached } = (await state()) as { reached: number };
    await faultPoint(NAME);
    expect(await state()).toEqual({ name: NAME, reached: reached + 1, armed: null });
    await put(NAME, { action: 'stall', after: 3 });
    expect(await state()).toMatchObject({ armed: { action: 'stall', after: 3, times: 1, ms: 5_000 } });
  });

  it('lets `after` pass, then fails `times`, then is itself again', async () => {
    await put(NAME, { action: 'lose', after: 1, times: 2 });
    expect(faultPoint(NAME)).toBeUndefined();
    expect(() => faultPoint(NAME)).toThrow('lost at the fault point consumer.before-ack');
    expect(() => faultPoint(NAME)).toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
    expect(faultPoint(NAME)).toBeUndefined();
  });

  it('stalls only who passes it', async () => {
    await put(NAME, { action: 'stall', ms: 200 });
    const stalled = faultPoint(NAME);
    let passed = false;
    void Promise.resolve(stalled).then(() => (passed = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(passed).toBe(false);
    await stalled;
  });

  it('blocks everything', async () => {
    await put(NAME, { action: 'block', ms: 100 });
    const before = performance.now();
    expect(faultPoint(NAME)).toBeUndefined();
    expect(performance.now() - before).toBeGreaterThanOrEqual(95);
  });

  it('is disarmed on request', async () => {
    await put(NAME, { action: 'lose' });
    expect((await fetch(`${service.managementUrl}/fault-points`, { method: 'DELETE' })).status).toBe(204);
    expect(faultPoint(NAME)).toBeUndefined();
  });

  it.each([
    ['an unknown name', 'consumer.before-lunch', { action: 'die' }, 404, 'consumer.before-ack'],
    ['an unknown action', NAME, { action: 'explode' }, 400, 'action'],
    ['an unknown word', NAME, { action: 'lose', again: 2 }, 400, 'again'],
  ])('refuses %s and says what there is', async (_, name, fault, status, said) => {
    const answer = await put(name, fault);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(said);
  });
});
