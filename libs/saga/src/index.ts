/** A persisted step runner: ask, undo, deadline, retry until done. Knows no business word. */
export { SagaBook, type SagaEntry, type SagaTransition } from './saga.book.ts';
export {
  ask,
  local,
  saga,
  SagaDefinition,
  type LocalEffect,
  type SagaStarter,
  type SagaView,
} from './saga.definition.ts';
export { Sagas1700000000001, SagasRolledBack1763790000002 } from './saga.migrations.ts';
export { SagaModule } from './saga.module.ts';
export { type Retried, SagaRunner } from './saga.runner.ts';
