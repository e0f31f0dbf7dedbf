import type { Contract } from './contract.ts';
import { allContracts, serviceOf } from './contract.ts';
import { ReservationOverdue } from './inventory.contract.ts';
import { MailSettled } from './mails.contract.ts';
import { OrderCancelled, OrderConfirmed, OrderRejected } from './orders.contract.ts';
import { PaymentChanged } from './payments.contract.ts';
import { SagaReply } from './saga.contract.ts';

/** The services that receive messages, and the events each of them hears. Queues and bindings are made from this table alone. */
export const SUBSCRIPTIONS: Readonly<Record<string, readonly Contract[]>> = {
  users: [],
  orders: [ReservationOverdue, PaymentChanged, MailSettled] as Contract[],
  payments: [],
  inventory: [OrderConfirmed, OrderRejected, OrderCancelled] as Contract[],
  notifications: [OrderConfirmed, OrderRejected, OrderCancelled] as Contract[],
};

/**
 * Events and answers that a receiver remembers by its own rows: it keeps no inbox entry for them. One may stand here only if handling
 * it again, under whatever message id and however much later, changes nothing: its effect is a row under the order's key, or a step
 * of that row's state that is taken once. A saga takes the answer to its open question, and is then at another one. A spec of the
 * receiver handles each twice.
 */
export const REMEMBERED_BY_ROWS: Readonly<Record<string, readonly Contract[]>> = {
  orders: [SagaReply] as Contract[],
  inventory: [OrderConfirmed, OrderRejected, OrderCancelled] as Contract[],
  notifications: [OrderConfirmed, OrderRejected, OrderCancelled] as Contract[],
};

/** Whether anybody hears this event; one that nobody hears need not arrive anywhere. */
export function hasSubscriber(type: string): boolean {
  return Object.values(SUBSCRIPTIONS).some((heard) => heard.some((contract) => contract.type === type));
}

/** The wire names that arrive in a service's durable queue: the commands addressed to it and the events it hears. */
export function durableTypesOf(service: string): string[] {
  const commands = allContracts().filter(
    (contract) => contract.kind === 'command' && serviceOf(contract) === service,
  );
  return [...commands, ...(SUBSCRIPTIONS[service] ?? [])].map((contract) => contract.type);
}
