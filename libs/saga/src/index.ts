/** A persisted step runner: ask, undo, deadline, retry until done. Knows no business term. */
export { type DefinitionData, fingerprintOf, type ReleasedDefinition } from './definition.data.ts';
export { SagaBook, type SagaEntry, type SagaTransition } from './saga.book.ts';
export { isReleased, nextRelease, SagaCatalogue } from './saga.catalogue.ts';
export {
  ask,
  local,
  saga,
  SagaDefinition,
  type LocalEffect,
  type SagaStarter,
  type SagaView,
} from './saga.definition.ts';
export { divergence, type RecordedJournal, recordedOf } from './recorded.journal.ts';
export {
  type Journal,
  type JournalEntry,
  journalOf,
  type JournalRow,
  type ReplayedEntry,
} from './saga.journal.ts';
export { SAGA_MIGRATIONS, SagaModule } from './saga.module.ts';
export { type Retried, SagaRunner } from './saga.runner.ts';
export type { SagaOutcome } from '@caravan/contracts';
