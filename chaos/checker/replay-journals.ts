import { z } from 'zod';
import { command, contractOf } from '@caravan/contracts';
import {
  journalOf,
  type JournalRow,
  local,
  recordedOf,
  type ReleasedDefinition,
  SagaCatalogue,
} from '@caravan/saga';
import { cancellation, checkout } from '../../apps/orders/src/checkout.saga.ts';
import type { OutcomesService } from '../../apps/orders/src/outcomes.service.ts';
import { RELEASED } from '../../apps/orders/src/released-sagas.ts';
import type { HistoryEntry } from './world.ts';

const nothing = async (): Promise<void> => undefined;
/** Local steps are not run here. */
const outcomes = new Proxy({}, { get: () => nothing }) as OutcomesService;

/** The definitions of this checkout, and those of other releases that ran in the same system. */
export function catalogueOf(others: readonly ReleasedDefinition[]): SagaCatalogue {
  const ours = new Set(RELEASED.map(({ fingerprint }) => fingerprint));
  const released = [...RELEASED, ...others.filter(({ fingerprint }) => !ours.has(fingerprint))];
  const definitions = [checkout(outcomes), cancellation(outcomes)].map((definition) =>
    released
      .filter(({ type }) => type === definition.type)
      .flatMap(({ steps }) => steps)
      .filter(({ kind }) => kind === 'local')
      .reduce((all, { name }) => all.formerly(name, local(nothing)), definition),
  );
  for (const step of released.flatMap(({ steps }) => steps))
    if (step.kind === 'ask' && !contractOf(step.command)) command(step.command, z.unknown(), z.unknown());
  return new SagaCatalogue(definitions, released);
}

/** What the checker has to know of stored sagas: where their replay differs, and what their steps ask. */
export function historiesOf(catalogue: SagaCatalogue, rows: readonly JournalRow[]): HistoryEntry[] {
  return rows.map((row) => {
    const journal = journalOf(catalogue, row);
    const { saga, definition, replayed, differs } = journal;
    const recorded = recordedOf(journal);
    const steps = catalogue.find(saga.definition)?.steps ?? [];
    return {
      sagaId: saga.id,
      type: saga.type,
      definition,
      moved: replayed.some(({ entry }) => entry.input === 'moved'),
      differs,
      ...(recorded && { recorded: JSON.stringify(recorded) }),
      steps: steps.map((step) =>
        step.kind === 'local'
          ? { name: step.name }
          : { name: step.name, command: step.command.type, undo: step.undo?.type },
      ),
    };
  });
}
