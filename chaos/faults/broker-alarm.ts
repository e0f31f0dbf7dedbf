import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { SET_UP } from '../tools/broker.ts';
import { type CutRule, usedUp } from '../tools/proxy.ts';
import type { World } from '../world.ts';

const PROMISED_MS = 30_000;
const LONG_MS = 300_000;
/** Until every service has published something and is blocked. */
const BLOCKED_WITHIN_MS = 3_000;
const READY_WITHIN_MS = 60_000;

interface Alarm {
  readonly raise: readonly string[];
  readonly clear: readonly string[];
}

const MEMORY: Alarm = {
  raise: ['set_vm_memory_high_watermark', 'absolute', '1MB'],
  clear: ['set_vm_memory_high_watermark', '0.4'],
};
const DISK: Alarm = { raise: ['set_disk_free_limit', '100000GB'], clear: ['set_disk_free_limit', '50MB'] };

/** Raises an alarm of RabbitMQ, does something in it, and clears it whatever happened. */
async function during({ ground, did }: World, alarm: Alarm, work: () => Promise<unknown>): Promise<void> {
  try {
    await ground.rabbitmqctl(...alarm.raise);
    did(`rabbitmqctl ${alarm.raise.join(' ')}`);
    await work();
  } finally {
    await ground.rabbitmqctl(...alarm.clear);
    did(`rabbitmqctl ${alarm.clear.join(' ')}`);
  }
}

/** Producers are blocked by an alarm. No service may lose its connection in it. */
const blocked = (name: string, title: string, alarm: Alarm, ms: number): Fault => ({
  name,
  title: `${title} for ${ms / 1_000} s; no service loses its connection`,
  load: { orders: 150, rate: 15, longestTryMs: ms + 120_000 },
  longestMs: ms + 120_000,
  async run(world) {
    const { lines } = world.ground.proxies.rabbitmq;
    const before = [...lines];
    await during(world, alarm, () => delay(ms));
    const lost = before.filter((line) => !lines.has(line)).length;
    world.did(`${lost} of ${before.length} connections lost`);
    if (lost > 0) throw new Error(`${lost} connections to RabbitMQ were lost in the alarm`);
    await world.processes.allReady(READY_WITHIN_MS);
  },
});

export const alarmFaults: Fault[] = [
  blocked('broker-memory-alarm', 'blocked by the memory alarm', MEMORY, PROMISED_MS),
  blocked('broker-disk-alarm', 'blocked by the disk alarm', DISK, PROMISED_MS),
  blocked('broker-alarm-long', 'blocked by the memory alarm', MEMORY, LONG_MS),
  {
    name: 'broker-alarm-cut-in-set-up',
    title: 'an alarm, and connections that are cut in it while they are set up, at each of the questions',
    load: { orders: 150, rate: 15, longestTryMs: 420_000 },
    longestMs: 600_000,
    async run(world) {
      const { rabbitmq } = world.ground.proxies;
      for (const [question, matches] of Object.entries(SET_UP)) {
        const rule: CutRule = { direction: 'to-server', when: 'before', matches, times: 8 };
        await during(world, MEMORY, async () => {
          await delay(BLOCKED_WITHIN_MS);
          rabbitmq.cut();
          await usedUp(rabbitmq, rule);
          await delay(BLOCKED_WITHIN_MS);
        });
        world.did(`${8 - rule.times} connections cut at ${question}`);
        // Ready means that the process has published something and was told that the broker has it.
        await world.processes.allReady(READY_WITHIN_MS);
      }
    },
  },
];
