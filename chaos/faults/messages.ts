import type { ConsumeMessage } from 'amqplib';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { Shadow } from '../tools/shadow.ts';

const LAST_MS = 8_000;

export const messageFaults: Fault[] = [
  {
    name: 'messages-many-times',
    title: 'every message two to ten times, the copies up to three seconds later',
    load: { orders: 100, rate: 15 },
    async run({ ground, random, did }) {
      const shadow = await Shadow.open(ground.servers.rabbitmq.url, (message, shadow) => {
        for (let n = random.int(1, 9); n > 0; n--) shadow.say(message, random.int(0, 3_000));
      });
      await delay(LAST_MS);
      await shadow.close();
      did(`${shadow.heard} messages, ${shadow.said} copies`);
    },
  },
  {
    name: 'messages-reordered',
    title: 'messages overtake each other by up to two seconds',
    load: { orders: 100, rate: 15 },
    async run({ ground, random, did }) {
      const shadow = await Shadow.open(ground.servers.rabbitmq.url, (message, shadow) =>
        shadow.say(message, random.int(0, 2_000)),
      );
      await shadow.standBetween();
      try {
        await delay(LAST_MS);
      } finally {
        await shadow.stepAside();
        await shadow.close();
      }
      did(`${shadow.said} messages in another order`);
    },
  },
  {
    name: 'messages-late-copies',
    title: 'a copy of every message comes again when its order has long been done',
    load: { orders: 100, rate: 30 },
    async run({ ground, random, did }) {
      const kept: ConsumeMessage[] = [];
      const shadow = await Shadow.open(ground.servers.rabbitmq.url, (message) => void kept.push(message));
      await delay(LAST_MS);
      for (const message of random.shuffled(kept)) shadow.say(message, random.int(0, 1_500));
      await shadow.close();
      did(`${shadow.said} messages once more, in any order`);
    },
  },
];
