/**
 * Every word on the wire, written once: requests, saga commands, events, replies and failures, as data with a schema.
 * No behaviour lives here but that of values (money), and nothing of a service's inside.
 */
export * from './charge-limits.ts';
export * from './common.schemas.ts';
export * from './contract.ts';
export * from './failure.ts';
export * from './inventory.contract.ts';
export * from './mails.contract.ts';
export * from './money.ts';
export * from './operations.contract.ts';
export * from './orders.contract.ts';
export * from './payments.contract.ts';
export * from './queues.ts';
export * from './saga.contract.ts';
export * from './subscriptions.ts';
export * from './users.contract.ts';
export * from './whole.ts';
