import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { z } from 'zod';
import {
  Code,
  contractOf,
  deadlineExceeded,
  Failure,
  type FailureData,
  invalid,
  unavailable,
} from '@caravan/contracts';
import { ALONE, type Context, contextFrom, type Effects, runInContext } from '@caravan/platform';
import { Batcher } from './batcher.ts';
import { Bulkheads } from './bulkheads.ts';
import type { Message } from './message.ts';
import { type ExplainError, TransientError } from './message.errors.ts';
import { attemptsOf, short } from './retries.ts';
import type { Receiver, Verdict } from './transport.ts';
import type { WireMessage, WireReply, WireRequest } from './wire.ts';

/** What a durable message is besides its data; whoever wrote it may have written anything. Of an id only its form counts, not its version. */
const ENVELOPE = z.object({
  id: z.guid({ error: 'no message id' }).toLowerCase(),
  type: z.string(),
  replyTo: z.string().max(100).optional(),
  sagaId: z.string().max(200).optional(),
  ask: z.string().max(200).optional(),
});

/** Failures that are about the work and not about what was asked for. */
const GENERIC: ReadonlySet<string> = new Set(Object.values(Code));

/** What a batched handler answered to one item, and what its batch has changed. */
interface Answered {
  readonly reply?: unknown;
  readonly error?: unknown;
  readonly effects: Effects;
}

/** Between the wire and the handlers: checks every message against its contract, forms batches, turns errors into answers and verdicts. */
export class MessageDispatcher implements Receiver {
  private readonly log = new Logger('Messages');
  private readonly batchers = new Map<string, Batcher<Message, Answered>>();
  private readonly bulkheads = new Bulkheads(async (type, messages) => {
    await this.call(this.handlers.get(type)!, messages);
  });

  /** @param explain what an error of a library says about the outside; see `HANDLER_ERRORS` */
  constructor(
    private readonly handlers: ReadonlyMap<string, MessageHandler>,
    private readonly explain: ExplainError = (error) => error,
  ) {}

  async request(request: WireRequest, deadline: number): Promise<WireReply> {
    const { id, type } = request;
    const context = contextFrom(request.trace, deadline);
    const { effects } = context;
    try {
      const data = await this.answer(request, context);
      return effects.changed ? { id, data, changed: true } : { id, data };
    } catch (error) {
      const failure = this.failureOf(error, type, effects.changed);
      return effects.changed ? { id, failure, changed: true } : { id, failure };
    }
  }

  async batch(items: readonly WireMessage[], stopping: AbortSignal): Promise<Verdict[]> {
    const verdicts = new Array<Verdict>(items.length);
    const groups = new Map<string, { index: number; message: Message }[]>();
    items.forEach((item, index) => {
      const message = this.readDurable(item);
      if (typeof message === 'string') verdicts[index] = { kind: 'dead', reason: message };
      else groups.set(item.type, [...(groups.get(item.type) ?? []), { index, message }]);
    });
    for (const [type, group] of groups) {
      const outcomes = await this.bulkheads.handle(
        type,
        group.map(({ message }) => message),
        stopping,
      );
      group.forEach(({ index }, i) => (verdicts[index] = outcomes[i]!));
    }
    return verdicts;
  }

  private async answer(request: WireRequest, context: Context): Promise<unknown> {
    const contract = contractOf(request.type);
    const handler = this.handlers.get(request.type);
    if (!contract || contract.kind !== 'request' || !handler)
      throw new Failure(Code.invalid, `Nobody here answers ${request.type}`);
    const data = checked(contract.data, request.data, request.type);
    if (!handler.extras?.['batched'])
      return contract.reply.parse(await runInContext(context, () => this.call(handler, data)));
    const { reply, error, effects } = await this.batcherOf(request.type, handler).add({
      id: String(request.id),
      type: request.type,
      data,
      traceparent: context.traceparent,
      attempt: 1,
      deadline: context.deadline,
    });
    // The batch works for all of its items: what it has changed, each of them may have.
    if (effects.changed) context.effects.changed = true;
    if (error !== undefined) throw error;
    return contract.reply.parse(reply);
  }

  private batcherOf(type: string, handler: MessageHandler): Batcher<Message, Answered> {
    let batcher = this.batchers.get(type);
    if (!batcher) {
      const gather = handler.extras?.['gathered'] === true;
      batcher = new Batcher((messages, alone) => this.answerAll(handler, messages, alone), { gather });
      this.batchers.set(type, batcher);
    }
    return batcher;
  }

  private async answerAll(
    handler: MessageHandler,
    messages: Message[],
    alone: boolean,
  ): Promise<(Answered | Promise<Answered>)[]> {
    const deadline = Math.max(...messages.map((message) => message.deadline ?? 0));
    const limits = alone ? ALONE : undefined;
    const context = { ...contextFrom(messages[0]!.traceparent, deadline), limits };
    const { effects } = context;
    try {
      const answers = (await runInContext(context, () => this.call(handler, messages))) as unknown[];
      return answers.map((answer) => {
        if (answer instanceof Failure) return { error: answer, effects };
        if (!(answer instanceof Promise)) return { reply: answer, effects };
        return answer.then(
          (reply: unknown) => ({ reply, effects }),
          (error: unknown) => ({ error, effects }),
        );
      });
    } catch (error) {
      if (!effects.changed) throw error;
      // Not again item by item: alone, an item could no longer tell that something was done for it.
      return messages.map(() => ({ error, effects }));
    }
  }

  private readDurable(item: WireMessage): Message | string {
    const envelope = ENVELOPE.safeParse(item);
    if (!envelope.success) return `not a message: ${describe(envelope.error.issues)}`;
    const { id, type, replyTo, sagaId, ask } = envelope.data;
    const contract = contractOf(type);
    if (!contract || contract.kind === 'request') return `unknown type ${short(type)}`;
    if (!this.handlers.has(type)) return `no handler for ${type}`;
    const parsed = contract.data.safeParse(item.data);
    if (!parsed.success) return `not the shape of ${type}: ${describe(parsed.error.issues)}`;
    const { traceparent } = contextFrom(item.trace);
    const attempt = attemptsOf(item) + 1;
    return { id, type, data: parsed.data, traceparent, replyTo, sagaId, ask, attempt };
  }

  private async call(handler: MessageHandler, payload: unknown): Promise<unknown> {
    try {
      const result: unknown = await handler(payload as never, undefined as never);
      return isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** What is told of an error. After a change, nothing that says or suggests that nothing has happened. */
  private failureOf(error: unknown, type: string, changed: boolean): FailureData {
    const own = error instanceof Failure && !(changed && GENERIC.has(error.code));
    if (own) return error.toData();
    if (!(error instanceof Failure)) this.log.error(error);
    if (changed) return deadlineExceeded(type).toData();
    if (error instanceof TransientError)
      return error.outcomeUnknown ? deadlineExceeded(type).toData() : unavailable(type).toData();
    return { code: Code.internal, message: `${type} failed` };
  }
}

function checked(schema: z.ZodType, data: unknown, type: string): unknown {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw invalid(`The request does not have the shape of ${type}: ${describe(parsed.error.issues)}`);
}

export function describe(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`)
    .join('; ');
}
