import { z } from 'zod';

/**
 * What a message means to its receiver.
 * - `request`: asked over RPC by somebody who waits, lost with its asker (queries and a client's own writes);
 * - `command`: told durably by a saga, answered by a `saga.reply`;
 * - `event`: said durably to whoever subscribes.
 */
export type Kind = 'request' | 'command' | 'event';

/** One word on the wire: its name, who understands it, and the shape of what it carries and answers. */
export interface Contract<Data = unknown, Reply = unknown> {
  readonly type: string;
  readonly kind: Kind;
  readonly data: z.ZodType<Data>;
  readonly reply: z.ZodType<Reply>;
  /** Nobody waits for what it leads to: under load it leaves a moment later, together with others of its kind. So does its answer. */
  readonly unhurried: boolean;
}

/** How a message is to travel. */
type Manner = Partial<Pick<Contract, 'unhurried'>>;

export type DataOf<C> = C extends { readonly data: z.ZodType<infer Data> } ? Data : never;
export type ReplyOf<C> = C extends { readonly reply: z.ZodType<infer Reply> } ? Reply : never;

const byType = new Map<string, Contract>();

/** The contract of a wire name, or undefined for a word nobody has defined. */
export function contractOf(type: string): Contract | undefined {
  return byType.get(type);
}

/** Every contract, in the order of definition; what the committed wire listing is made from. */
export function allContracts(): Contract[] {
  return [...byType.values()];
}

function define<D, R>(
  kind: Kind,
  type: string,
  data: z.ZodType<D>,
  reply: z.ZodType<R>,
  { unhurried = false }: Manner = {},
): Contract<D, R> {
  if (byType.has(type)) throw new Error(`The wire name ${type} is defined twice`);
  const contract: Contract<D, R> = { type, kind, data, reply, unhurried };
  byType.set(type, contract as unknown as Contract);
  return contract;
}

/** `<service>.<imperative>`: asked and answered over RPC, with a deadline. The service named first receives it. */
export const request = <D, R>(type: string, data: z.ZodType<D>, reply: z.ZodType<R>) =>
  define('request', type, data, reply);

/** `<service>.<imperative>`: a saga's durable command; answered through the outbox with `reply` or a failure. */
export const command = <D, R>(type: string, data: z.ZodType<D>, reply: z.ZodType<R>, manner?: Manner) =>
  define('command', type, data, reply, manner);

/** `<aggregate>.<past>`: a durable fact. */
export const event = <D>(type: string, data: z.ZodType<D>, manner?: Manner) =>
  define('event', type, data, z.void(), manner);

/** The service that a request or command is addressed to: the first part of its name. */
export function serviceOf(contract: Pick<Contract, 'type'>): string {
  return contract.type.slice(0, contract.type.indexOf('.'));
}
