import { Module } from '@nestjs/common';
import { expect, it } from '@jest/globals';
import { serviceEnv } from './service.env.ts';
import { type RunningService, runService, TRANSPORT } from './start.service.ts';

@Module({ providers: [{ provide: TRANSPORT, useValue: null }] })
class Nothing {}

const start = (ports: Record<string, string>): Promise<RunningService> =>
  runService(Nothing, serviceEnv('nothing', {}), {
    source: { NODE_ENV: 'test', LOG_LEVEL: 'silent', ...ports },
  });

const health = async (url: string): Promise<number> =>
  fetch(`${url}/health/ready`).then(
    ({ status }) => status,
    () => 0,
  );

it("a successor comes to its predecessor's management port as soon as that is free", async () => {
  const old = await start({});
  const { port } = new URL(old.managementUrl);
  const successor = await start({ MANAGEMENT_PORT: port, MANAGEMENT_PORT_MEANWHILE: '0' });
  expect(successor.managementUrl).not.toBe(old.managementUrl);
  expect(await health(successor.managementUrl)).toBe(200);
  await old.stop();
  while ((await health(old.managementUrl)) !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  await successor.stop();
  expect(await health(old.managementUrl)).toBe(0);
  expect(await health(successor.managementUrl)).toBe(0);
});
