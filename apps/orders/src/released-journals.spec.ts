import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { divergence, type RecordedJournal, SagaCatalogue } from '@caravan/saga';
import { cancellation, checkout } from './checkout.saga.ts';
import type { OutcomesService } from './outcomes.service.ts';
import { RELEASED } from './released-sagas.ts';

/** From real orders in a storm: npm run chaos -- run … --journals apps/orders/src/released-journals.json */
const recorded = JSON.parse(
  readFileSync(new URL('released-journals.json', import.meta.url), 'utf8'),
) as RecordedJournal[];

const outcomes = new Proxy({}, { get: () => async () => undefined }) as OutcomesService;
const catalogue = new SagaCatalogue([checkout(outcomes), cancellation(outcomes)], RELEASED);

const led = ({ type, entries }: RecordedJournal): string =>
  `${type}: ${entries.flatMap(({ log }) => log.map(([step, outcome]) => `${step} ${outcome}`)).join(', ')}`;

it.each(recorded.map((journal) => [led(journal), journal] as const))(
  'sends the commands that the release has recorded: %s',
  (_, journal) => expect(divergence(catalogue, journal)).toBeNull(),
);

it('finds a command that the present code no longer sends', () => {
  const [journal] = recorded.filter(({ entries }) => entries.length > 1);
  const [first, ...rest] = journal!.entries;
  const other = { ...journal!, entries: [{ ...first!, asked: ['inventory.release-stock x'] }, ...rest] };
  expect(divergence(catalogue, other)).toContain(
    'entry 1: recorded the commands "inventory.release-stock x"',
  );
});
