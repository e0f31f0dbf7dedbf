/** State and messages in one transaction; every message's effect once. */
export { isAboutData, isAway, isContention, translated } from './database.errors.ts';
export { openDatabase, type DatabaseOptions } from './database.ts';
export { buildIndex, dropIndex, replaceIndex } from './index-builds.ts';
export { type Deed, OperatorActions } from './operator.actions.ts';
export { OutboxModule } from './outbox.module.ts';
export { untilAnswered } from './patience.ts';
export { type SetAside, writeSet } from './set.writes.ts';
export { Tx, type Question, type ReplyAddress } from './tx.ts';
export { UnitOfWork } from './unit.of.work.ts';
