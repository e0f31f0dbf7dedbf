import { describe, expect, it } from '@jest/globals';
import type { JournalRow } from '@caravan/saga';
import './source-modules.ts';
import { catalogueOf, historiesOf } from './replay-journals.ts';

const ID = '01a22065-5eb2-7272-8b01-528d3852190a';
const released = {
  name: 'checkout.v2',
  fingerprint: 'a8c26113c5e8',
  type: 'checkout',
  steps: [
    { name: 'check fraud', kind: 'ask', command: 'fraud.only-there', untilDone: false, withinMs: 1 },
    { name: 'only there', kind: 'local' },
  ],
} as const;

const row = (change: Partial<JournalRow> = {}): JournalRow => ({
  type: 'checkout',
  id: ID,
  traceparent: '',
  definition: released.fingerprint,
  data: {},
  state: 'completed',
  step: -1,
  stepName: 'only there',
  ask: null,
  attempt: 0,
  failure: null,
  stuck: false,
  endedUnrecorded: false,
  journal: [
    { input: 'start', definition: released.fingerprint, log: [['checkout', 'started']] },
    {
      input: 'reply',
      log: [
        ['check fraud', 'done'],
        ['only there', 'done'],
      ],
    },
  ],
  ...change,
});

describe('journals, replayed for the checker', () => {
  it('run under definitions and commands that only another release has', () => {
    expect(historiesOf(catalogueOf([released]), [row()])).toEqual([
      {
        sagaId: ID,
        type: 'checkout',
        definition: 'checkout.v2',
        moved: false,
        differs: null,
        recorded: expect.stringContaining('"asked":["fraud.only-there check fraud:do:0"]'),
        steps: [
          { name: 'check fraud', command: 'fraud.only-there', undo: undefined },
          { name: 'only there' },
        ],
      },
    ]);
  });

  it('differ from another state, and from a definition that is not known', () => {
    const differences = (catalogue: ReturnType<typeof catalogueOf>, stored: JournalRow) =>
      historiesOf(catalogue, [stored]).map(({ differs }) => differs);
    expect(differences(catalogueOf([released]), row({ state: 'running' }))).toEqual([
      expect.stringContaining('stored {"state":"running"'),
    ]);
    expect(differences(catalogueOf([]), row())).toEqual(['the definition a8c26113c5e8 is not known here']);
  });
});
