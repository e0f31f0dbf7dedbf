import { randomBytes } from 'node:crypto';
import { type Answer, attemptOf, silence } from './answer.ts';
import type { Api, Operation } from './operation.ts';

/** Where clients write down what they want and what they are told: the checker's evidence from outside. */
export class Recorder {
  readonly operations: Operation[] = [];
  private readonly byKey = new Map<string, Operation>();

  /** The operation under this key, begun now unless it is known: whoever repeats a key goes on with the same operation. */
  operation(kind: Operation['kind'], api: Api, customerId: string, key: string): Operation {
    const name = `${kind} ${customerId} ${key}`;
    let operation = this.byKey.get(name);
    if (!operation) {
      operation = { kind, api, customerId, key, traceId: randomBytes(16).toString('hex'), attempts: [] };
      this.byKey.set(name, operation);
      this.operations.push(operation);
    }
    return operation;
  }
}

/** The trace that the operation's requests are sent with; all have the same, each its own span. */
export const traceparentOf = ({ traceId }: Operation): string =>
  `00-${traceId}-${randomBytes(8).toString('hex')}-01`;

/** Takes what came back, or the error with which nothing did, into the operation's record. */
export function record(operation: Operation, api: Api, came: Answer | Error): void {
  operation.attempts.push('text' in came ? attemptOf({ ...operation, api }, came) : silence(came));
}
