/** State and messages in one transaction; every message's effect once. */
export { isAway, isConflict, translated } from './database.errors.ts';
export { openDatabase, type DatabaseOptions } from './database.ts';
export { type Deed, OperatorActions } from './operator.actions.ts';
export { OutboxModule } from './outbox.module.ts';
export { untilAnswered } from './patience.ts';
export { Tx, type Question, type ReplyAddress } from './tx.ts';
export { UnitOfWork } from './unit.of.work.ts';
