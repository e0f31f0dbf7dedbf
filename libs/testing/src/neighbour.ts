import { randomUUIDv7 as uuid } from 'node:crypto';
import { type DataOf, Failure, type FailureData, SagaReply } from '@caravan/contracts';
import { RabbitTransport, replyKey, type WireMessage } from '@caravan/messaging';
import { newTraceparent } from '@caravan/platform';

/** How a saga's command is answered: done, done with something to tell, or refused. */
type Answer = 'done' | { readonly tells: object } | FailureData;

/** What a neighbour does with a saga's command: answer, or say nothing. */
export type Behaviour = (message: WireMessage) => Answer | 'silent';

/** Plays another service through that service's real queues, so that the one under test meets what it would meet. */
export class Neighbour {
  /** Commands and events in the order of arrival. */
  readonly heard: WireMessage[] = [];
  behave: Behaviour = () => 'done';

  private constructor(private readonly transport: RabbitTransport) {}

  /** @param answers what it answers to requests, by wire name; a Failure is one */
  static async start(
    service: string,
    brokerUrl: string,
    answers: Record<string, (data: never) => unknown> = {},
  ): Promise<Neighbour> {
    const transport = new RabbitTransport(brokerUrl, service, 1);
    const neighbour = new Neighbour(transport);
    await transport.start();
    await transport.serve({
      request: async ({ id, type, data }) => {
        const answer = answers[type];
        if (!answer)
          return {
            id,
            failure: new Failure('tests.unscripted', `${service} has no answer to ${type}`).toData(),
          };
        const reply = answer(data as never);
        return reply instanceof Failure ? { id, failure: reply.toData() } : { id, data: reply };
      },
      batch: async (items) => {
        for (const item of items) await neighbour.take(item);
        return items.map(() => ({ kind: 'done' }));
      },
    });
    return neighbour;
  }

  /** The wire names of what it heard, in order. */
  heardTypes(of: (message: WireMessage) => boolean = () => true): string[] {
    return this.heard.filter(of).map((message) => message.type);
  }

  /** Answers a command now, or once more. */
  async reply(message: WireMessage, answer: Answer): Promise<void> {
    const id = uuid();
    const data = {
      sagaId: message.sagaId,
      ask: message.ask,
      command: message.type,
      outcome: outcomeOf(answer),
    };
    const body = JSON.stringify({ id, type: SagaReply.type, data, trace: message.trace ?? newTraceparent() });
    await this.transport.publish([
      { id, type: SagaReply.type, routingKey: replyKey(message.replyTo!), body },
    ]);
  }

  stop(): Promise<void> {
    return this.transport.close();
  }

  private async take(message: WireMessage): Promise<void> {
    this.heard.push(message);
    const answer = this.behave(message);
    if (message.replyTo && answer !== 'silent') await this.reply(message, answer);
  }
}

function outcomeOf(answer: Answer): DataOf<typeof SagaReply>['outcome'] {
  if (answer === 'done') return { ok: true, data: {} };
  return 'tells' in answer ? { ok: true, data: answer.tells } : { ok: false, failure: answer };
}
