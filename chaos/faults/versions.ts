import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { asAdmin } from '../tools/database.ts';
import { Shadow } from '../tools/shadow.ts';

const EXPANSIONS: Readonly<Record<string, string>> = {
  orders: 'orders',
  inventory: 'stock',
  payments: 'payments',
};

/** As a newer sender would write it: fields that nobody here has heard of, in the envelope and in the data. */
function newer(body: Buffer): Buffer {
  const messages = JSON.parse(body.toString()) as { data: object }[];
  const grown = messages.map((message) => ({
    ...message,
    version: 7,
    region: 'eu',
    data: { ...message.data, loyalty: { points: 12 }, tags: ['new'] },
  }));
  return Buffer.from(JSON.stringify(grown));
}

export const versionFaults: Fault[] = [
  {
    name: 'versions-newer-messages',
    title: 'messages as newer senders write them, with unknown fields, reach consumers of today',
    load: { orders: 100, rate: 15 },
    async run({ ground, did }) {
      const shadow = await Shadow.open(ground.servers.rabbitmq.url, (message, shadow) =>
        shadow.say(message, 0, newer(message.content)),
      );
      await shadow.standBetween();
      try {
        await delay(6_000);
      } finally {
        await shadow.stepAside();
        await shadow.close();
      }
      did(`${shadow.said} messages with unknown fields`);
    },
  },
  {
    name: 'versions-migrated-schema',
    title: "today's code on tomorrow's schema: columns and indexes come and go under load",
    load: { orders: 150, rate: 30 },
    async run({ ground, did }) {
      const { url } = ground.servers.postgres;
      const onAll = async (statements: (table: string) => string[]): Promise<void> => {
        for (const [service, table] of Object.entries(EXPANSIONS))
          await asAdmin(url, service, ...statements(table));
      };
      await onAll((table) => [
        `ALTER TABLE ${table} ADD COLUMN storm_note text`,
        `ALTER TABLE ${table} ADD COLUMN storm_at timestamptz NOT NULL DEFAULT now()`,
      ]);
      did('two columns more in each');
      await onAll((table) => [`CREATE INDEX CONCURRENTLY storm_index ON ${table} (storm_at)`]);
      did('an index more in each');
      await delay(2_000);
      await onAll((table) => [
        'DROP INDEX storm_index',
        `ALTER TABLE ${table} DROP COLUMN storm_note, DROP COLUMN storm_at`,
      ]);
      did('and gone again');
    },
  },
];
