/** The named places where a process can be made to die, stall or lose something; what `lose` loses is in the second half. */
export const FAULT_POINT_NAMES = [
  /** A batch has arrived and nothing was done for it · the delivery. */
  'consumer.before-handler',
  /** The handler's transaction is committed, the delivery not acknowledged · the acknowledgement. */
  'consumer.before-ack',
  /** State and messages are written, not committed · the connection, and with it the transaction. */
  'transaction.before-commit',
  /** Committed; nobody knows yet, nothing has left eagerly · the answer to COMMIT. */
  'transaction.after-commit',
  /** The broker has confirmed, the outbox still has the rows · the news of the confirm. */
  'outbox.before-mark',
  /** A request is handled, its answer not sent · the answer. */
  'rpc.before-reply',
  /** A saga is about to send an undo, in the transaction that says so · the connection, and with it the transaction. */
  'saga.before-undo',
  /** The card processor is about to be asked · the question. */
  'payments.before-processor',
  /** The card processor has answered, nothing is recorded · the answer. */
  'payments.after-processor',
] as const;
export type FaultPointName = (typeof FAULT_POINT_NAMES)[number];

export interface Fault {
  /** die: SIGKILL to itself · stall: this operation waits · block: the event loop stands still · lose: see the names. */
  readonly action: 'die' | 'stall' | 'block' | 'lose';
  /** So often the point is passed unharmed first. */
  readonly after: number;
  /** So often the fault happens; then the point is disarmed. */
  readonly times: number;
  /** How long to stall or block, in milliseconds. */
  readonly ms: number;
}

export interface FaultPointState {
  readonly name: FaultPointName;
  /** How often it was passed since the process began. */
  readonly reached: number;
  readonly armed: Fault | null;
}

/** What `lose` throws. To the code around it looks like the loss of a connection, which it has to survive anyway. */
export class LostByFault extends Error {
  readonly code = 'ECONNRESET';

  constructor(name: FaultPointName) {
    super(`lost at the fault point ${name}`);
    this.name = 'LostByFault';
  }
}

const reached = new Map<FaultPointName, number>();
const armed = new Map<FaultPointName, { -readonly [K in keyof Fault]: Fault[K] }>();

/**
 * Set once, before the service is built, and only where NODE_ENV is `test` (service.env.ts). Everywhere else it keeps the value that
 * it is born with: what is left of a fault point is the test of a variable that never changes, inlined: one nanosecond.
 */
let enabled = false;

export function enableFaultPoints(): void {
  enabled = true;
}

/**
 * A named place. Does nothing unless fault points are on and this one is armed.
 * @returns undefined, or a promise where the fault takes time: `const fault = faultPoint(…); if (fault) await fault;` on paths where
 *   even an `await` of nothing would be felt, `await faultPoint(…)` elsewhere
 * @throws LostByFault when armed with `lose`
 */
export function faultPoint(name: FaultPointName): void | Promise<void> {
  if (enabled) return reach(name);
}

export function armFaultPoint(name: FaultPointName, fault: Fault): void {
  armed.set(name, { ...fault });
}

export function disarmFaultPoints(): void {
  armed.clear();
}

export function faultPointStates(): FaultPointState[] {
  return FAULT_POINT_NAMES.map((name) => ({
    name,
    reached: reached.get(name) ?? 0,
    armed: armed.get(name) ?? null,
  }));
}

function reach(name: FaultPointName): void | Promise<void> {
  reached.set(name, (reached.get(name) ?? 0) + 1);
  const fault = armed.get(name);
  if (!fault || fault.after-- > 0) return;
  if (--fault.times <= 0) armed.delete(name);
  switch (fault.action) {
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => undefined);
    case 'stall':
      return new Promise((resolve) => setTimeout(resolve, fault.ms));
    case 'block':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fault.ms);
      return;
    case 'lose':
      throw new LostByFault(name);
  }
}
