/** Names on the broker, all made from the service's. */
export const workQueue = (service: string) => service;
export const requestQueue = (service: string) => `${service}.rpc`;
export const deadLetterQueue = (service: string) => `${service}.dead`;

/** What a dead letter says of itself, as AMQP headers. */
export const DEAD_LETTER = {
  reason: 'x-reason',
  attempts: 'x-attempts',
  type: 'x-type',
  service: 'x-service',
  diedAt: 'x-died-at',
} as const;

/** The routing key that brings a message to one service alone, for one that is handled anew. Its queue is bound to `retry.<service>.*`. */
export const redriveKey = (service: string) => `retry.${service}.redriven`;
